import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic, Operand } from "./arithmetic";

// Forward and backward of the layers with parameters. Every function leaves its inputs as they are
// and returns new tensors; those that run inside `tf.tidy` need no disposal of their own.

/** A dense layer as products read it: weight [out, in] (PyTorch's order) and bias [out]. */
export interface Dense {
  weight: Operand;
  bias: tf.Tensor;
}

/** Gradients of a layer by its parameters. */
export interface LayerGradients {
  weight: tf.Tensor;
  bias: tf.Tensor;
}

/** `x weightᵀ + bias`: [N, in] → [N, out]. */
export function dense(on: Arithmetic, x: Operand, { weight, bias }: Dense): tf.Tensor {
  return tf.add(on.multiply(x, weight, { b: true }), bias);
}

/** Gradients of {@link dense} for `dy` [N, out]: by its input [N, in] and by its parameters. */
export function denseBackward(
  on: Arithmetic,
  dy: tf.Tensor,
  x: Operand,
  { weight }: Dense,
): { dx: tf.Tensor; grads: LayerGradients } {
  const operand = on.operand(dy);
  return {
    dx: on.multiply(operand, weight),
    grads: { weight: on.multiply(operand, x, { a: true }), bias: tf.sum(dy, 0) },
  };
}

/** Layer normalisation's gain and bias, [hidden] each. */
export interface Norm {
  weight: tf.Tensor;
  bias: tf.Tensor;
}

/** What the backward of a layer normalisation needs: normalised values [N, H] and 1/σ [N, 1]. */
export interface NormStash {
  normalised: tf.Tensor;
  inverse: tf.Tensor;
}

/** Layer normalisation over the last axis of [N, H] (Ba et al. 2016, section 3.1). */
export function layerNorm(
  x: tf.Tensor,
  { weight, bias }: Norm,
  epsilon: number,
): { y: tf.Tensor; stash: NormStash } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  const normalised = tf.mul(centred, inverse);
  return { y: tf.add(tf.mul(normalised, weight), bias), stash: { normalised, inverse } };
}

/** Gradients of {@link layerNorm}: dx = (g − mean(g) − x̂·mean(g·x̂)) / σ with g = dy·gain. */
export function layerNormBackward(
  dy: tf.Tensor,
  { normalised, inverse }: NormStash,
  { weight }: Norm,
): { dx: tf.Tensor; grads: LayerGradients } {
  const product = tf.mul(dy, normalised);
  const g = tf.mul(dy, weight);
  const slope = tf.mean(tf.mul(product, weight), -1, true);
  const centred = tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised, slope));
  return {
    dx: tf.mul(centred, inverse),
    grads: { weight: tf.sum(product, 0), bias: tf.sum(dy, 0) },
  };
}
