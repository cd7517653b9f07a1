import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Dropout } from "./dropout";
import type { Gradients } from "./gradients";
import type { EmbeddingTables, Hidden, Norm, NormStash, SplitGradient } from "./kernels";
import type { MicroBatch } from "./micro-batches";
import type { Network } from "./network";
import { tableNames } from "./parameters";

/** Word, position and (BERT) type vectors, added, normalised, dropped out: [N, H]. */
export function embedTokens(
  network: Network,
  batch: MicroBatch,
  dropout: Dropout,
): Hidden & NormStash {
  const { kernels } = network;
  return kernels.embed(
    tables(network),
    batch.ids,
    positionRows(network, batch),
    norm(network),
    dropout,
  );
}

/** A row of the word table for each token of a micro-batch, with its gradient [N, H]. */
export interface WordGradient {
  ids: Int32Array;
  rows: tf.Tensor;
}

/** Adds the gradients of {@link embedTokens}; those of the word rows are returned, to be kept. */
export function embedTokensBackward(
  network: Network,
  dy: SplitGradient,
  batch: MicroBatch,
  stash: NormStash,
  dropout: Dropout,
  gradients: Gradients,
): WordGradient {
  const { kernels, config, parameters } = network;
  const rows = tf.tidy(() => {
    const { dx, norm: grads } = kernels.embedBackward(dy, stash, norm(network), dropout);
    gradients.addLayer(tableNames.norm, grads);
    const places = tf.tensor1d(positionRows(network, batch), "int32");
    const count = parameters.get(tableNames.positions).shape[0];
    gradients.add(tableNames.positions, tf.unsortedSegmentSum(dx, places, count));
    if (config.kind === "bert") {
      // Every token is of type 0.
      const types = parameters.get(tableNames.types).shape[0];
      gradients.add(
        tableNames.types,
        tf.pad(tf.sum<tf.Tensor2D>(dx, 0, true), [
          [0, types - 1],
          [0, 0],
        ]),
      );
    }
    return dx;
  });
  return { ids: batch.ids, rows };
}

/** Sums the rows of all micro-batches into the gradient of the word table, and disposes them. */
export function addWordGradients(
  words: WordGradient[],
  { parameters }: Network,
  gradients: Gradients,
): void {
  const table = parameters.get(tableNames.words).shape[0];
  const sum = tf.tidy(() => {
    const ids = tf.concat(words.map((word) => tf.tensor1d(word.ids, "int32")));
    const rows = tf.concat(words.map((word) => word.rows));
    return tf.unsortedSegmentSum(rows, ids, table);
  });
  gradients.add(tableNames.words, sum);
  tf.dispose(words.map((word) => word.rows));
}

function tables({ parameters, config }: Network): EmbeddingTables {
  const H = config.hidden;
  return {
    words: parameters.get(tableNames.words),
    positions: parameters.get(tableNames.positions),
    type:
      config.kind === "bert"
        ? tf.reshape(tf.slice(parameters.get(tableNames.types), [0, 0], [1, H]), [H])
        : tf.zeros([H]),
  };
}

/** The row of the position table for each token, [N]. */
function positionRows({ config }: Network, { ids, offsets }: MicroBatch): Int32Array {
  const { kind, firstPosition, padTokenId } = config;
  const rows = new Int32Array(ids.length);
  for (let text = 0; text + 1 < offsets.length; text++) {
    let next = firstPosition;
    for (let i = offsets[text]; i < offsets[text + 1]; i++) {
      // MPNet does not count the padding token, also where a text spells it out; it has the row before the first.
      const uncounted = kind === "mpnet" && ids[i] === padTokenId;
      rows[i] = uncounted ? firstPosition - 1 : next++;
    }
  }
  return rows;
}

function norm({ parameters }: Network): Norm {
  return {
    weight: parameters.get(`${tableNames.norm}.weight`),
    bias: parameters.get(`${tableNames.norm}.bias`),
  };
}
