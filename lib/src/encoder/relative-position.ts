import * as tf from "@tensorflow/tfjs-node-gpu";
import { distanceBuckets } from "./relative-buckets";

/** Bias of attention scores by distance: table [buckets, heads] → [heads, 2T − 1]. */
export function relativeBias(table: tf.Tensor, T: number): tf.Tensor {
  return tf.tidy(() => {
    const ids = tf.tensor1d(distanceBuckets(T, table.shape[0]), "int32");
    return tf.transpose(tf.gather(table, ids));
  });
}

/** Gradient of {@link relativeBias} by the table, for `d` [heads, 2T − 1]. */
export function relativeBiasBackward(d: tf.Tensor, buckets: number): tf.Tensor {
  return tf.tidy(() => {
    const T = (d.shape[1]! + 1) / 2;
    const ids = tf.tensor1d(distanceBuckets(T, buckets), "int32");
    return tf.unsortedSegmentSum(tf.transpose(d), ids, buckets);
  });
}
