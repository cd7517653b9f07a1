import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic } from "./arithmetic";
import { block, blockBackward, type BlockScope, type BlockStash } from "./block";
import type { EncoderConfig } from "./config";
import { dropoutAt, type DropoutKey } from "./dropout";
import { embedTokens, embedTokensBackward, type WordGradient } from "./embeddings";
import type { Gradients } from "./gradients";
import type { AttentionScope, Hidden, Kernels, NormStash, SplitGradient } from "./kernels";
import type { MicroBatch } from "./micro-batches";
import { tableNames, type LayerWeights, type Parameters } from "./parameters";
import { pool, poolBackward } from "./pooling";
import { relativeBias, relativeBiasBackward } from "./relative-position";

/** A model as one pass sees it. */
export interface Network {
  on: Arithmetic;
  kernels: Kernels;
  config: EncoderConfig;
  parameters: Parameters;
  /** From `prepareLayers`. */
  layers: LayerWeights[];
}

/** What the backward pass of a micro-batch reads; {@link disposeStash} frees it. */
export interface Stash {
  batch: MicroBatch;
  dropoutKey: DropoutKey;
  attention: AttentionScope;
  embeddings: NormStash;
  blocks: BlockStash[];
}

/** Layer number under which the embeddings drop values. */
const EMBEDDING_LAYER = -1;

/** Pooled embeddings [B, H] of a micro-batch, not normalised. The caller disposes them. */
export function forward(network: Network, batch: MicroBatch, dropoutKey: DropoutKey): tf.Tensor {
  const { pooled, stash } = run(network, batch, dropoutKey, false);
  disposeStash(stash);
  return pooled;
}

/** {@link forward} that keeps what {@link backward} needs. */
export function forwardWithStash(
  network: Network,
  batch: MicroBatch,
  dropoutKey: DropoutKey,
): { pooled: tf.Tensor; stash: Stash } {
  return run(network, batch, dropoutKey, true);
}

function run(
  network: Network,
  batch: MicroBatch,
  dropoutKey: DropoutKey,
  keepsStash: boolean,
): { pooled: tf.Tensor; stash: Stash } {
  return keepTidy(() => {
    const { config } = network;
    const dropout = dropoutAt(dropoutKey, config.hiddenDropout, EMBEDDING_LAYER, 0);
    const embedded = embedTokens(network, batch, dropout);
    const attention = createScope(network, batch);
    const blocks: BlockStash[] = [];
    let x: Hidden = { y: embedded.y, operand: embedded.operand };
    for (let layer = 0; layer < config.layers; layer++) {
      const scope = { layer, attention, dropoutKey };
      const result = keepTidy(() => {
        const { y, stash } = block(network, x, scope);
        return { y, stash: keepsStash ? stash : null };
      });
      if (result.stash) blocks.push(result.stash);
      // In f32 the operand is the hidden state itself.
      if (x.y !== x.operand || !keepsStash) x.y.dispose();
      if (!keepsStash) x.operand.dispose();
      x = result.y;
    }
    const { normalised, inverse } = embedded;
    const stash = { batch, dropoutKey, attention, embeddings: { normalised, inverse }, blocks };
    return { pooled: pool(x.y, batch, config.pooling), stash };
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
  const { batch, dropoutKey, attention, blocks } = stash;
  let dx: SplitGradient = {
    residual: poolBackward(dPooled, batch, network.config.pooling),
    products: null,
  };
  let dRelative: tf.Tensor | null = null;
  for (let layer = blocks.length - 1; layer >= 0; layer--) {
    const before = dx;
    const scope: BlockScope = { layer, attention, dropoutKey };
    const result = keepTidy(() => blockBackward(network, before, blocks[layer], scope));
    disposeAll([before, blocks[layer]]);
    dx = result.dx;
    gradients.addBlock(layer, result.grads);
    dRelative = sumInto(dRelative, result.dRelative);
  }
  if (dRelative) {
    const buckets = network.config.relativeBuckets;
    gradients.add(tableNames.relative, relativeBiasBackward(dRelative, buckets));
    dRelative.dispose();
  }
  const dropout = dropoutAt(dropoutKey, network.config.hiddenDropout, EMBEDDING_LAYER, 0);
  const words = embedTokensBackward(network, dx, batch, stash.embeddings, dropout, gradients);
  disposeAll([dx]);
  disposeStash(stash);
  return words;
}

/** Frees a stash that no backward pass will read. */
export function disposeStash({ attention, embeddings, blocks }: Stash): void {
  disposeAll([attention.relative, embeddings, blocks]);
}

function createScope({ config, parameters }: Network, batch: MicroBatch): AttentionScope {
  const reach = Math.max(...batch.lengths);
  const hasBias = config.relativeBuckets > 0;
  const relative = hasBias ? relativeBias(parameters.get(tableNames.relative), reach) : null;
  return { heads: config.heads, batch, relative };
}

function sumInto(sum: tf.Tensor | null, next: tf.Tensor | null): tf.Tensor | null {
  if (!sum || !next) return sum ?? next;
  const [wide, narrow] = sum.shape[1]! < next.shape[1]! ? [next, sum] : [sum, next];
  // Distances lie around the middle: a shorter micro-batch reaches less far on both sides.
  const side = (wide.shape[1]! - narrow.shape[1]!) / 2;
  const total = tf.tidy(() =>
    tf.add(
      wide,
      tf.pad(narrow as tf.Tensor2D, [
        [0, 0],
        [side, side],
      ]),
    ),
  );
  tf.dispose([sum, next]);
  return total;
}

/** `tf.tidy` for results whose type tfjs cannot express; every tensor in the result stays. */
function keepTidy<T extends object>(work: () => T): T {
  return tf.tidy(() => work() as unknown as tf.TensorContainer) as unknown as T;
}

function disposeAll(tensors: unknown[]): void {
  tf.dispose(tensors as tf.TensorContainer[]);
}
