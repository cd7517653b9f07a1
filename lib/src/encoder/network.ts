import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic } from "./arithmetic";
import type { AttentionScope } from "./attention";
import { block, blockBackward, type BlockStash } from "./block";
import type { EncoderConfig } from "./config";
import type { Dropout } from "./dropout";
import { embed, embedBackward, type EmbeddingStash } from "./embeddings";
import type { MicroBatch, WordGradient } from "./embeddings";
import { pool, poolBackward } from "./pooling";
import { layerNames, tableNames } from "./parameters";
import type { Gradients, LayerNames, LayerWeights, Parameters } from "./parameters";
import { relativeBias, relativeBiasBackward } from "./relative-position";

/** A model as one pass sees it. */
export interface Network {
  on: Arithmetic;
  config: EncoderConfig;
  parameters: Parameters;
  /** From `prepareLayers`, for training where dropout is on. */
  layers: LayerWeights[];
}

/** What the backward pass of a micro-batch reads; {@link disposeStash} frees it. */
export interface Stash {
  batch: MicroBatch;
  scope: AttentionScope;
  embeddings: EmbeddingStash;
  blocks: BlockStash[];
}

/** Pooled embeddings [B, H] of a micro-batch, not normalised. The caller disposes them. */
export function forward(network: Network, batch: MicroBatch, dropout: Dropout): tf.Tensor {
  return tf.tidy(() => {
    let x = embed(network.parameters, network.config, batch, dropout).y;
    const scope = createScope(network, batch);
    network.layers.forEach((weights, layer) => {
      const before = x;
      x = tf.tidy(
        () => block(network.on, before, weights, blockScope(network, scope, dropout, layer)).y,
      );
      before.dispose();
    });
    return pool(x, batch, network.config.pooling);
  });
}

/** {@link forward} that keeps what {@link backward} needs. */
export function forwardWithStash(
  network: Network,
  batch: MicroBatch,
  dropout: Dropout,
): { pooled: tf.Tensor; stash: Stash } {
  return keepTidy(() => {
    const embedded = embed(network.parameters, network.config, batch, dropout);
    const scope = createScope(network, batch);
    const blocks: BlockStash[] = [];
    let x = embedded.y;
    network.layers.forEach((weights, layer) => {
      const result = keepTidy(() =>
        block(network.on, x, weights, blockScope(network, scope, dropout, layer)),
      );
      blocks.push(result.stash);
      x.dispose();
      x = result.y;
    });
    const pooled = pool(x, batch, network.config.pooling);
    return { pooled, stash: { batch, scope, embeddings: embedded.stash, blocks } };
  });
}

/**
 * Adds the gradients of all parameters for `dPooled` [B, H] and frees the stash.
 * @returns the gradients of the word rows, which `addWordGradients` sums once a step
 */
export function backward(
  network: Network,
  dPooled: tf.Tensor,
  stash: Stash,
  gradients: Gradients,
): WordGradient {
  const { batch, scope, blocks } = stash;
  let dx = poolBackward(dPooled, batch, network.config.pooling);
  let dPosition: tf.Tensor | null = null;
  for (let layer = blocks.length - 1; layer >= 0; layer--) {
    const before = dx;
    const result = keepTidy(() =>
      blockBackward(network.on, before, network.layers[layer], blocks[layer], scope),
    );
    tf.dispose([before, blocks[layer] as unknown as tf.TensorContainer] as tf.TensorContainer[]);
    dx = result.dx;
    addLayerGradients(network, layer, result.grads, gradients);
    dPosition = sumInto(dPosition, result.dPosition);
  }
  if (dPosition) {
    const buckets = network.config.relativeBuckets;
    gradients.add(tableNames.relative, relativeBiasBackward(dPosition, buckets));
    dPosition.dispose();
  }
  const words = embedBackward(
    dx,
    network.parameters,
    network.config,
    batch,
    stash.embeddings,
    gradients,
  );
  dx.dispose();
  disposeStash(stash);
  return words;
}

/** Frees a stash that no backward pass will read. */
export function disposeStash(stash: Stash): void {
  tf.dispose([
    stash.scope.padding,
    stash.scope.position,
    stash.embeddings,
    stash.blocks,
  ] as unknown as tf.TensorContainer[]);
}

function addLayerGradients(
  { config }: Network,
  layer: number,
  grads: ReturnType<typeof blockBackward>["grads"],
  gradients: Gradients,
): void {
  const names = layerNames(config.kind, layer);
  for (const part of Object.keys(grads) as (keyof LayerNames)[]) {
    gradients.addLayer(names[part], grads[part]);
  }
}

function createScope({ config, parameters }: Network, batch: MicroBatch): AttentionScope {
  const B = batch.lengths.length;
  const position =
    config.relativeBuckets > 0 ? relativeBias(parameters.get(tableNames.relative), batch.T) : null;
  return { B, T: batch.T, heads: config.heads, padding: paddingBias(batch), position };
}

/** 0 for tokens, −1e9 for padding (whose probability becomes exactly 0); null where nothing is padded. */
function paddingBias({ lengths, T }: MicroBatch): tf.Tensor | null {
  if (lengths.every((length) => length === T)) return null;
  const values = new Float32Array(lengths.length * T);
  lengths.forEach((length, row) => values.fill(-1e9, row * T + length, (row + 1) * T));
  return tf.tensor(values, [lengths.length, 1, 1, T]);
}

function blockScope(
  { config }: Network,
  attention: AttentionScope,
  dropout: Dropout,
  layer: number,
): { layer: number; attention: AttentionScope; dropout: Dropout; epsilon: number } {
  return { layer, attention, dropout, epsilon: config.layerNormEps };
}

function sumInto(sum: tf.Tensor | null, next: tf.Tensor | null): tf.Tensor | null {
  if (!sum || !next) return sum ?? next;
  const total = tf.add(sum, next);
  tf.dispose([sum, next]);
  return total;
}

/** `tf.tidy` for results whose type tfjs cannot express; every tensor in the result stays. */
function keepTidy<T extends object>(work: () => T): T {
  return tf.tidy(() => work() as unknown as tf.TensorContainer) as unknown as T;
}
