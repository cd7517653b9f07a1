import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic, Operand } from "./arithmetic";
import {
  attention,
  attentionBackward,
  type AttentionScope,
  type AttentionStash,
} from "./attention";
import { applyMask, type Dropout } from "./dropout";
import { feedForward, feedForwardBackward, type FeedForwardStash } from "./feed-forward";
import { dense, denseBackward, layerNorm, layerNormBackward } from "./layers";
import type { LayerGradients, NormStash } from "./layers";
import type { LayerNames, LayerWeights } from "./parameters";

/** What the backward pass of a block reads. */
export interface BlockStash {
  x: Operand;
  attention: AttentionStash;
  context: tf.Tensor;
  contextOperand: Operand;
  attentionMask: tf.Tensor | null;
  attentionNorm: NormStash;
  middle: Operand;
  feedForward: FeedForwardStash;
  outputMask: tf.Tensor | null;
  outputNorm: NormStash;
}

/** Where a block runs: its number, the micro-batch, dropout, and the model's ε of layer normalisation. */
export interface BlockScope {
  layer: number;
  attention: AttentionScope;
  dropout: Dropout;
  epsilon: number;
}

/**
 * One layer of BERT or MPNet (post-norm): attention, dense, dropout, add, norm; then feed-forward,
 * dropout, add, norm. [N, H] → [N, H]. Run inside `tf.tidy`.
 */
export function block(
  on: Arithmetic,
  input: tf.Tensor,
  weights: LayerWeights,
  { layer, attention: scope, dropout, epsilon }: BlockScope,
): { y: tf.Tensor; stash: BlockStash } {
  const x = on.operand(input);
  const attended = attention(on, x, weights, scope, dropout, layer);
  const contextOperand = on.operand(attended.context);
  const projected = dense(on, contextOperand, weights.attentionOutput);
  const attentionMask = dropout.hidden(projected.shape, layer, 1);
  const first = layerNorm(
    tf.add(applyMask(projected, attentionMask), input),
    weights.attentionNorm,
    epsilon,
  );
  const middle = on.operand(first.y);
  const fed = feedForward(on, middle, weights);
  const outputMask = dropout.hidden(fed.y.shape, layer, 2);
  const second = layerNorm(
    tf.add(applyMask(fed.y, outputMask), first.y),
    weights.outputNorm,
    epsilon,
  );
  return {
    y: second.y,
    stash: {
      x,
      attention: attended.stash,
      context: attended.context,
      contextOperand,
      attentionMask,
      attentionNorm: first.stash,
      middle,
      feedForward: fed.stash,
      outputMask,
      outputNorm: second.stash,
    },
  };
}

/** Gradients of {@link block} for `dy` [N, H]. Run inside `tf.tidy`. */
export function blockBackward(
  on: Arithmetic,
  dy: tf.Tensor,
  weights: LayerWeights,
  stash: BlockStash,
  scope: AttentionScope,
): { dx: tf.Tensor; dPosition: tf.Tensor | null; grads: Record<keyof LayerNames, LayerGradients> } {
  const second = layerNormBackward(dy, stash.outputNorm, weights.outputNorm);
  const dFed = applyMask(second.dx, stash.outputMask);
  const fed = feedForwardBackward(on, dFed, stash.middle, weights, stash.feedForward);
  const first = layerNormBackward(
    tf.add(second.dx, fed.dx),
    stash.attentionNorm,
    weights.attentionNorm,
  );
  const dProjected = applyMask(first.dx, stash.attentionMask);
  const projected = denseBackward(on, dProjected, stash.contextOperand, weights.attentionOutput);
  const attended = attentionBackward(
    on,
    projected.dx,
    stash.context,
    stash.x,
    weights,
    stash.attention,
    scope,
  );
  return {
    dx: tf.add(first.dx, attended.dx),
    dPosition: attended.dPosition,
    grads: {
      ...attended.grads,
      ...fed.grads,
      attentionOutput: projected.grads,
      attentionNorm: first.grads,
      outputNorm: second.grads,
    },
  };
}
