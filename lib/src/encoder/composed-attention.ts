import * as tf from "@tensorflow/tfjs-node-gpu";
import { drop } from "./composed-dropout";
import type { Dropout } from "./dropout";
import type { AttentionScope } from "./kernels";

/** Attention over texts of one length each time: they are padded first, and the padding is taken out again. */
export function composedAttention(
  qkv: tf.Tensor,
  scope: AttentionScope,
  dropout: Dropout,
): { context: tf.Tensor; logSums: tf.Tensor } {
  const layout = new Layout(scope);
  const [query, key, value] = layout.split(qkv, 3);
  const scores = layout.score(query, key);
  const logSums = tf.logSumExp(scores, -1, true);
  const probabilities = drop(tf.exp(tf.sub(scores, logSums)), dropout);
  return { context: layout.join([tf.matMul(probabilities, value)]), logSums };
}

/** Gradients of {@link composedAttention}; for softmax dS = P · (dP − Σ P · dP). */
export function composedAttentionBackward(
  dContext: tf.Tensor,
  qkv: tf.Tensor,
  logSums: tf.Tensor,
  scope: AttentionScope,
  dropout: Dropout,
): { dqkv: tf.Tensor; dRelative: tf.Tensor | null } {
  const layout = new Layout(scope);
  const [query, key, value] = layout.split(qkv, 3);
  const d = layout.withoutPadding(layout.split(dContext, 1)[0]);
  const probabilities = tf.exp(tf.sub(layout.score(query, key), logSums));
  const dProbabilities = drop(tf.matMul(d, value, false, true), dropout);
  const slope = tf.sum(tf.mul(probabilities, dProbabilities), -1, true);
  const dScores = tf.mul(probabilities, tf.sub(dProbabilities, slope));
  const scaled = tf.mul(dScores, layout.scale(query));
  const dQuery = tf.matMul(scaled, key);
  const dKey = tf.matMul(scaled, query, true);
  const dValue = tf.matMul(drop(probabilities, dropout), d, true);
  return { dqkv: layout.join([dQuery, dKey, dValue]), dRelative: layout.byDistance(dScores) };
}

/** Between texts one after another [N, …] and padded texts by head [B, heads, T, D]. */
class Layout {
  private readonly B: number;
  private readonly T: number;

  constructor(private readonly scope: AttentionScope) {
    this.B = scope.batch.lengths.length;
    this.T = Math.max(...scope.batch.lengths);
  }

  /** [N, parts · H] → a [B, heads, T, D] for each part; padding repeats a text's last token. */
  split(x: tf.Tensor, parts: number): tf.Tensor[] {
    const { lengths, offsets } = this.scope.batch;
    const rows = lengths.flatMap((length, text) =>
      Array.from({ length: this.T }, (_, i) => offsets[text] + Math.min(i, length - 1)),
    );
    const padded = tf.gather(x, tf.tensor1d(rows, "int32"));
    const split = tf.reshape(padded, [this.B, this.T, parts, this.scope.heads, -1]);
    return tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]));
  }

  /** The way back of {@link split}: [N, parts · H]. */
  join(parts: tf.Tensor[]): tf.Tensor {
    const { lengths } = this.scope.batch;
    const rows = lengths.flatMap((length, text) =>
      Array.from({ length }, (_, i) => text * this.T + i),
    );
    const together = tf.transpose(tf.stack(parts), [1, 3, 0, 2, 4]);
    const padded = tf.reshape(together, [this.B * this.T, -1]);
    return tf.gather(padded, tf.tensor1d(rows, "int32"));
  }

  /** q kᵀ / √D, plus the bias by distance, minus 10⁹ where the key is padding: its probability is exactly 0. */
  score(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    const scores = tf.mul(tf.matMul(query, key, false, true), this.scale(query));
    const padding = tf.mul(tf.sub(1, this.real()), -1e9);
    const masked = tf.add(scores, tf.reshape(padding, [this.B, 1, 1, this.T]));
    const { relative } = this.scope;
    if (!relative) return masked;
    const bias = tf.gather(relative, this.distances(), 1);
    return tf.add(masked, tf.reshape(bias, [1, this.scope.heads, this.T, this.T]));
  }

  /** 0 in the rows of padding, whose values are repetitions. */
  withoutPadding(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, tf.reshape(this.real(), [this.B, 1, this.T, 1]));
  }

  scale(query: tf.Tensor): number {
    return 1 / Math.sqrt(query.shape[3]!);
  }

  /** Sums the gradients of scores by distance: [heads, 2T − 1]. */
  byDistance(dScores: tf.Tensor): tf.Tensor | null {
    if (!this.scope.relative) return null;
    const { heads } = this.scope;
    const pairs = tf.transpose(tf.reshape(tf.sum(dScores, 0), [heads, -1]));
    return tf.transpose(tf.unsortedSegmentSum(pairs, this.distances(), 2 * this.T - 1));
  }

  /** Row of the bias table for each pair of query and key, [T · T]. */
  private distances(): tf.Tensor1D {
    const { T } = this;
    const rows = Array.from({ length: T * T }, (_, i) => (i % T) - Math.floor(i / T) + T - 1);
    return tf.tensor1d(rows, "int32");
  }

  /** 1 for tokens, 0 for padding: [B, T]. */
  private real(): tf.Tensor {
    const values = new Float32Array(this.B * this.T);
    const { lengths } = this.scope.batch;
    lengths.forEach((length, text) => values.fill(1, text * this.T, text * this.T + length));
    return tf.tensor2d(values, [this.B, this.T]);
  }
}
