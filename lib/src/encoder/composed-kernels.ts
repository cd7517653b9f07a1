import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic } from "./arithmetic";
import { composedAttention, composedAttentionBackward } from "./composed-attention";
import { drop } from "./composed-dropout";
import type { Hidden, Kernels, LayerGradients, Norm, NormStash, SplitGradient } from "./kernels";

/** The kernels of TensorFlow's own operations: for a GPU, and to check the native ones by. */
export function createComposedKernels(on: Arithmetic, epsilon: number): Kernels {
  const asHidden = (y: tf.Tensor, { normalised, inverse }: NormStash): Hidden & NormStash => ({
    y,
    operand: on.operand(y),
    normalised: on.operand(normalised),
    inverse,
  });
  const whole = ({ residual, products }: SplitGradient): tf.Tensor =>
    products ? tf.add(residual, on.float(products)) : residual;

  return {
    embed({ words, positions, type }, ids, places, norm, dropout) {
      const word = tf.gather(words, tf.tensor1d(ids, "int32"));
      const position = tf.gather(positions, tf.tensor1d(places, "int32"));
      const normed = layerNorm(
        tf.addN([word, position, tf.broadcastTo(type, word.shape)]),
        epsilon,
      );
      return asHidden(drop(affine(normed.normalised, norm), dropout), normed);
    },
    embedBackward(d, { normalised, inverse }, norm, dropout) {
      const stash = { normalised: on.float(normalised), inverse };
      const { dx, grads } = layerNormBackward(drop(whole(d), dropout), stash, norm);
      return { dx, norm: grads };
    },
    addNorm(branch, bias, residual, norm, dropout) {
      const sum = tf.add(drop(tf.add(on.float(branch), bias), dropout), residual);
      const normed = layerNorm(sum, epsilon);
      return asHidden(affine(normed.normalised, norm), normed);
    },
    addNormBackward(d, { normalised, inverse }, norm, dropout) {
      const stash = { normalised: on.float(normalised), inverse };
      const { dx, grads } = layerNormBackward(whole(d), stash, norm);
      const dBranch = drop(dx, dropout);
      const dBias = tf.sum(dBranch, 0);
      return { dResidual: dx, dBranch: on.operand(dBranch), dBias, norm: grads };
    },
    gelu: (z, bias) => on.operand(gelu(tf.add(on.float(z), bias)).y),
    geluBackward(dy, z, bias) {
      const { y, slope } = gelu(tf.add(on.float(z), bias));
      const dz = tf.mul(on.float(dy), slope);
      return { dz: on.operand(dz), y: on.operand(y), dBias: tf.sum(dz, 0) };
    },
    attention(qkv, bias, scope, dropout) {
      const result = composedAttention(tf.add(on.float(qkv), bias), scope, dropout);
      return { context: on.operand(result.context), logSums: result.logSums };
    },
    attentionBackward(dContext, qkv, bias, logSums, scope, dropout) {
      const input = tf.add(on.float(qkv), bias);
      const d = on.float(dContext);
      const { dqkv, dRelative } = composedAttentionBackward(d, input, logSums, scope, dropout);
      return { dqkv: on.operand(dqkv), dBias: tf.sum(dqkv, 0), dRelative };
    },
  };
}

/** Layer normalisation over the last axis of [N, H] (Ba et al. 2016, section 3.1), before gain and bias. */
function layerNorm(x: tf.Tensor, epsilon: number): NormStash {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return { normalised: tf.mul(centred, inverse), inverse: tf.squeeze(inverse, [1]) };
}

function affine(normalised: tf.Tensor, { weight, bias }: Norm): tf.Tensor {
  return tf.add(tf.mul(normalised, weight), bias);
}

/** dx = (g − mean g − x̂ · mean(g · x̂)) / σ with g = dy · gain. */
function layerNormBackward(
  dy: tf.Tensor,
  { normalised, inverse }: NormStash,
  { weight }: Norm,
): { dx: tf.Tensor; grads: LayerGradients } {
  const g = tf.mul(dy, weight);
  const slope = tf.mean(tf.mul(g, normalised), -1, true);
  const centred = tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised, slope));
  return {
    dx: tf.mul(centred, tf.expandDims(inverse, 1)),
    grads: { weight: tf.sum(tf.mul(dy, normalised), 0), bias: tf.sum(dy, 0) },
  };
}

/** x · Φ(x), and its slope Φ(x) + x · φ(x). */
function gelu(x: tf.Tensor): { y: tf.Tensor; slope: tf.Tensor } {
  const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return { y: tf.mul(x, share), slope: tf.add(share, tf.mul(x, density)) };
}
