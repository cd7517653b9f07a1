import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic, Operand } from "./arithmetic";
import { applyMask, type Dropout } from "./dropout";
import { dense, denseBackward, type Dense, type LayerGradients } from "./layers";

/** Shape of a micro-batch and what is added to its attention scores. */
export interface AttentionScope {
  /** Texts, tokens of the longest, heads. */
  B: number;
  T: number;
  heads: number;
  /** 0 for tokens, a large negative number for padding: [B, 1, 1, T]; null where nothing is padded. */
  padding: tf.Tensor | null;
  /** MPNet's bias by relative position, [1, heads, T, T]; null for BERT. */
  position: tf.Tensor | null;
}

/** The three projections; `1/√(width of a head)` is folded into the query's. */
export interface AttentionWeights {
  query: Dense;
  key: Dense;
  value: Dense;
}

/** What the backward pass of attention reads. */
export interface AttentionStash {
  query: Operand;
  key: Operand;
  value: Operand;
  /** Softmax before dropout [B, heads, T, T], the mask, and after dropout as an operand. */
  probabilities: tf.Tensor;
  mask: tf.Tensor | null;
  dropped: Operand;
}

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2): [N, H] → context [N, H], N = B·T. */
export function attention(
  on: Arithmetic,
  x: Operand,
  weights: AttentionWeights,
  scope: AttentionScope,
  dropout: Dropout,
  layer: number,
): { context: tf.Tensor; stash: AttentionStash } {
  const { B, T, heads } = scope;
  const project = (layerWeights: Dense): Operand =>
    splitHeads(on, on.operand(dense(on, x, layerWeights)), scope);
  const [query, key, value] = [weights.query, weights.key, weights.value].map(project);
  let scores = on.multiplyBatches(query, key, { b: true });
  if (scope.position) scores = tf.add(scores, scope.position);
  if (scope.padding) scores = tf.add(scores, scope.padding);
  const probabilities = tf.softmax(scores);
  const mask = dropout.attention([B, heads, T, T], layer);
  const dropped = on.operand(applyMask(probabilities, mask));
  const context = joinHeads(on.multiplyBatches(dropped, value), scope);
  return { context, stash: { query, key, value, probabilities, mask, dropped } };
}

/** Gradients of {@link attention} for `dContext` [N, H]. */
export function attentionBackward(
  on: Arithmetic,
  dContext: tf.Tensor,
  context: tf.Tensor,
  x: Operand,
  weights: AttentionWeights,
  stash: AttentionStash,
  scope: AttentionScope,
): {
  dx: tf.Tensor;
  dPosition: tf.Tensor | null;
  grads: Record<keyof AttentionWeights, LayerGradients>;
} {
  const { query, key, value, probabilities, mask, dropped } = stash;
  const dHeads = splitHeads(on, on.operand(dContext), scope);
  const dValue = on.multiplyBatches(dropped, dHeads, { a: true });
  const dProbabilities = applyMask(on.multiplyBatches(dHeads, value, { b: true }), mask);
  // Softmax: dS = P·(dP − Σ P·dP), and Σ P·dP over a row equals context·dContext over a head.
  const slope = sumOverHead(tf.mul(dContext, context), scope);
  const dScores = tf.mul(tf.sub(dProbabilities, slope), probabilities);
  const operand = on.operand(dScores);
  const back = (d: tf.Tensor, layer: Dense): ReturnType<typeof denseBackward> =>
    denseBackward(on, joinHeads(d, scope), x, layer);
  const q = back(on.multiplyBatches(operand, key), weights.query);
  const k = back(on.multiplyBatches(operand, query, { a: true }), weights.key);
  const v = back(dValue, weights.value);
  return {
    dx: tf.addN([q.dx, k.dx, v.dx]),
    dPosition: scope.position ? tf.sum(dScores, 0) : null,
    grads: { query: q.grads, key: k.grads, value: v.grads },
  };
}

/** [N, H] → [B, heads, T, H / heads]. */
function splitHeads(on: Arithmetic, x: Operand, { B, T, heads }: AttentionScope): Operand {
  return on.rearrange(x, [B, T, heads, -1], [0, 2, 1, 3]);
}

/** [B, heads, T, H / heads] → [N, H]. */
function joinHeads(x: tf.Tensor, { B, T }: AttentionScope): tf.Tensor {
  const width = x.shape[1]! * x.shape[3]!;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [B * T, width]);
}

/** Sums [N, H] over each head: [B, heads, T, 1]. */
function sumOverHead(x: tf.Tensor, { B, T, heads }: AttentionScope): tf.Tensor {
  const sums = tf.sum(tf.reshape(x, [B, T, heads, -1]), -1);
  return tf.expandDims(tf.transpose(sums, [0, 2, 1]), -1);
}
