import * as tf from "@tensorflow/tfjs-node-gpu";
import { applyMask, type Dropout } from "./dropout";
import type { EncoderConfig } from "./config";
import { layerNorm, layerNormBackward, type NormStash } from "./layers";
import { tableNames, type Gradients, type Parameters } from "./parameters";

/** Texts of similar length that pass through the model together. */
export interface MicroBatch {
  /** Token ids, [B · T], padded at the right. */
  ids: Int32Array;
  /** Tokens of each text. */
  lengths: number[];
  /** Tokens of the longest text. */
  T: number;
}

/** What the backward pass of the embeddings reads. */
export interface EmbeddingStash {
  norm: NormStash;
  mask: tf.Tensor | null;
}

/** Layer number under which the embeddings draw their dropout mask. */
const EMBEDDING_LAYER = -1;

/** Word, position and (BERT) type vectors, added, normalised, dropped out: [B · T, H]. Run inside `tf.tidy`. */
export function embed(
  parameters: Parameters,
  config: EncoderConfig,
  { ids, lengths, T }: MicroBatch,
  dropout: Dropout,
): { y: tf.Tensor; stash: EmbeddingStash } {
  const H = config.hidden;
  const words = tf.gather(parameters.get(tableNames.words), tf.tensor1d(ids, "int32"));
  let positions: tf.Tensor = tf.slice(
    parameters.get(tableNames.positions),
    [config.firstPosition, 0],
    [T, H],
  );
  if (config.kind === "bert") {
    positions = tf.add(positions, tf.slice(parameters.get(tableNames.types), [0, 0], [1, H]));
  }
  const sum = tf.add(tf.reshape(words, [lengths.length, T, H]), positions);
  const { y, stash } = layerNorm(tf.reshape(sum, [-1, H]), norm(parameters), config.layerNormEps);
  const mask = dropout.hidden(y.shape, EMBEDDING_LAYER, 0);
  if (!mask) return { y, stash: { norm: stash, mask } };
  const kept = applyMask(y, mask);
  return { y: tf.div(kept, 1 - config.hiddenDropout), stash: { norm: stash, mask } };
}

/** A row of the word table for each token of a micro-batch, with its gradient [B · T, H]. */
export interface WordGradient {
  ids: Int32Array;
  rows: tf.Tensor;
}

/** Adds the gradients of {@link embed} for `dy` [B · T, H]; those of the word rows are returned, to be kept. */
export function embedBackward(
  dy: tf.Tensor,
  parameters: Parameters,
  config: EncoderConfig,
  { ids, lengths, T }: MicroBatch,
  { norm: normStash, mask }: EmbeddingStash,
  gradients: Gradients,
): WordGradient {
  const H = config.hidden;
  const rows = tf.tidy(() => {
    const d = mask ? tf.div(applyMask(dy, mask), 1 - config.hiddenDropout) : dy;
    const { dx, grads } = layerNormBackward(d, normStash, norm(parameters));
    gradients.addLayer(tableNames.norm, grads);
    const byPosition = tf.sum<tf.Tensor2D>(tf.reshape(dx, [lengths.length, T, H]), 0);
    const table = parameters.get(tableNames.positions).shape[0];
    const after = table - config.firstPosition - T;
    gradients.add(
      tableNames.positions,
      tf.pad(byPosition, [
        [config.firstPosition, after],
        [0, 0],
      ]),
    );
    if (config.kind === "bert") addTypeGradient(byPosition, parameters, gradients);
    return dx;
  });
  return { ids, rows };
}

/** Every token is of type 0. */
function addTypeGradient(
  byPosition: tf.Tensor,
  parameters: Parameters,
  gradients: Gradients,
): void {
  const types = parameters.get(tableNames.types).shape[0];
  const row = tf.sum<tf.Tensor2D>(byPosition, 0, true);
  gradients.add(
    tableNames.types,
    tf.pad(row, [
      [0, types - 1],
      [0, 0],
    ]),
  );
}

/** Sums the rows of all micro-batches into the gradient of the word table, and disposes them. */
export function addWordGradients(
  words: WordGradient[],
  parameters: Parameters,
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

function norm(parameters: Parameters): { weight: tf.Tensor; bias: tf.Tensor } {
  return {
    weight: parameters.get(`${tableNames.norm}.weight`),
    bias: parameters.get(`${tableNames.norm}.bias`),
  };
}
