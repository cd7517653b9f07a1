import * as tf from "@tensorflow/tfjs-node-gpu";
import { relativeBuckets } from "./relative-buckets";

/** Bias of attention scores by relative position: table [buckets, heads] → [1, heads, T, T]. */
export function relativeBias(table: tf.Tensor, T: number): tf.Tensor {
  return tf.tidy(() => {
    const [buckets, heads] = table.shape;
    const values = tf.gather(table, tf.tensor1d(relativeBuckets(T, buckets), "int32"));
    return tf.reshape(tf.transpose(values), [1, heads, T, T]);
  });
}

/** Gradient of {@link relativeBias} by the table, for `d` [heads, T, T]. */
export function relativeBiasBackward(d: tf.Tensor, buckets: number): tf.Tensor {
  return tf.tidy(() => {
    const [heads, T] = d.shape;
    const rows = tf.transpose(tf.reshape(d, [heads, T * T]));
    const ids = tf.tensor1d(relativeBuckets(T, buckets), "int32");
    return tf.unsortedSegmentSum(rows, ids, buckets);
  });
}
