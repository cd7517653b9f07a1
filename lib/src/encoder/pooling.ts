import * as tf from "@tensorflow/tfjs-node-gpu";
import type { MicroBatch } from "./embeddings";

/** Mean of each text's token vectors, padding left out: [B · T, H] → [B, H]. */
export function meanPool(x: tf.Tensor, batch: MicroBatch): tf.Tensor {
  return tf.tidy(() => {
    const tokens = tf.reshape<tf.Rank.R3>(x, [batch.lengths.length, batch.T, -1]);
    return tf.squeeze(tf.matMul(tf.expandDims<tf.Tensor3D>(shares(batch), 1), tokens), [1]);
  });
}

/** Gradient of {@link meanPool} for `d` [B, H]: [B · T, H], 0 in the rows of padding. */
export function meanPoolBackward(d: tf.Tensor, batch: MicroBatch): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.mul(tf.expandDims(shares(batch), 2), tf.expandDims(d, 1));
    return tf.reshape(rows, [batch.lengths.length * batch.T, -1]);
  });
}

/** 1 / length for each token, 0 for padding: [B, T]. */
function shares({ lengths, T }: MicroBatch): tf.Tensor2D {
  const values = new Float32Array(lengths.length * T);
  lengths.forEach((length, row) => values.fill(1 / length, row * T, row * T + length));
  return tf.tensor2d(values, [lengths.length, T]);
}
