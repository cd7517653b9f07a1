import * as tf from "@tensorflow/tfjs-node-gpu";
import type { MicroBatch } from "./embeddings";
import type { PoolingMode } from "./modules";

/** One vector a text from its tokens' vectors, padding left out: [B · T, H] → [B, H]. */
export function pool(x: tf.Tensor, batch: MicroBatch, mode: PoolingMode): tf.Tensor {
  return tf.tidy(() => {
    const tokens = tf.reshape<tf.Rank.R3>(x, [batch.lengths.length, batch.T, -1]);
    if (mode === "cls") return tf.squeeze(tf.slice(tokens, [0, 0, 0], [-1, 1, -1]), [1]);
    return tf.squeeze(tf.matMul(tf.expandDims<tf.Tensor3D>(shares(batch), 1), tokens), [1]);
  });
}

/** Gradient of {@link pool} for `d` [B, H]: [B · T, H], 0 in the rows that were left out. */
export function poolBackward(d: tf.Tensor, batch: MicroBatch, mode: PoolingMode): tf.Tensor {
  return tf.tidy(() => {
    const row = tf.expandDims<tf.Tensor3D>(d, 1);
    const after: [number, number] = [0, batch.T - 1];
    const rows =
      mode === "cls"
        ? tf.pad(row, [[0, 0], after, [0, 0]])
        : tf.mul(tf.expandDims(shares(batch), 2), row);
    return tf.reshape(rows, [batch.lengths.length * batch.T, -1]);
  });
}

/** 1 / length for each token, 0 for padding: [B, T]. */
function shares({ lengths, T }: MicroBatch): tf.Tensor2D {
  const values = new Float32Array(lengths.length * T);
  lengths.forEach((length, row) => values.fill(1 / length, row * T, row * T + length));
  return tf.tensor2d(values, [lengths.length, T]);
}
