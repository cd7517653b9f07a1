import * as tf from "@tensorflow/tfjs-node-gpu";
import type { MicroBatch } from "./micro-batches";
import type { PoolingMode } from "./modules";

/** One vector a text from its tokens' vectors: [N, H] → [B, H]. */
export function pool(x: tf.Tensor, batch: MicroBatch, mode: PoolingMode): tf.Tensor {
  return tf.tidy(() => tf.matMul(shares(batch, mode), x as tf.Tensor2D));
}

/** Gradient of {@link pool} for `d` [B, H]: [N, H]. */
export function poolBackward(d: tf.Tensor, batch: MicroBatch, mode: PoolingMode): tf.Tensor {
  return tf.tidy(() => tf.matMul(shares(batch, mode), d as tf.Tensor2D, true));
}

/** Share of each token in each text's vector: 1 / length for its own, or 1 for its first; [B, N]. */
function shares({ lengths, offsets, ids }: MicroBatch, mode: PoolingMode): tf.Tensor2D {
  const N = ids.length;
  const values = new Float32Array(lengths.length * N);
  lengths.forEach((length, text) => {
    const counted = mode === "cls" ? 1 : length;
    const start = text * N + offsets[text];
    values.fill(1 / counted, start, start + counted);
  });
  return tf.tensor2d(values, [lengths.length, N]);
}
