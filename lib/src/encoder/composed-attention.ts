import * as tf from "@tensorflow/tfjs-node-gpu";
import { drop } from "./composed-dropout";
import type { Dropout } from "./dropout";
import type { AttentionScope } from "./kernels";
import type { MicroBatch } from "./micro-batches";

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
  private readonly places: Places;

  constructor(private readonly scope: AttentionScope) {
    this.places = placesOf(scope.batch);
  }

  /** [N, parts · H] → a [B, heads, T, D] for each part; padding repeats a text's last token. */
  split(x: tf.Tensor, parts: number): tf.Tensor[] {
    const { texts, longest, padded } = this.places;
    const rows = tf.gather(x, tf.tensor1d(padded, "int32"));
    const split = tf.reshape(rows, [texts, longest, parts, this.scope.heads, -1]);
    return tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]));
  }

  /** The way back of {@link split}: [N, parts · H]. */
  join(parts: tf.Tensor[]): tf.Tensor {
    const { texts, longest, packed } = this.places;
    const together = tf.transpose(tf.stack(parts), [1, 3, 0, 2, 4]);
    const rows = tf.reshape(together, [texts * longest, -1]);
    return tf.gather(rows, tf.tensor1d(packed, "int32"));
  }

  /** q kᵀ / √D, plus the bias by distance, minus 10⁹ where the key is padding: its probability is exactly 0. */
  score(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    const { texts, longest } = this.places;
    const scores = tf.mul(tf.matMul(query, key, false, true), this.scale(query));
    const padding = tf.mul(tf.sub(1, this.real([texts, 1, 1, longest])), -1e9);
    const masked = tf.add(scores, padding);
    const { relative, heads } = this.scope;
    if (!relative) return masked;
    const bias = tf.gather(relative, this.distances(), 1);
    return tf.add(masked, tf.reshape(bias, [1, heads, longest, longest]));
  }

  /** 0 in the rows of padding, whose values are repetitions. */
  withoutPadding(x: tf.Tensor): tf.Tensor {
    const { texts, longest } = this.places;
    return tf.mul(x, this.real([texts, 1, longest, 1]));
  }

  scale(query: tf.Tensor): number {
    return 1 / Math.sqrt(query.shape[3]!);
  }

  /** Sums the gradients of scores by distance: [heads, 2T − 1]. */
  byDistance(dScores: tf.Tensor): tf.Tensor | null {
    if (!this.scope.relative) return null;
    const pairs = tf.transpose(tf.reshape(tf.sum(dScores, 0), [this.scope.heads, -1]));
    const distances = 2 * this.places.longest - 1;
    return tf.transpose(tf.unsortedSegmentSum(pairs, this.distances(), distances));
  }

  private distances(): tf.Tensor1D {
    const { places } = this;
    places.distances ??= findDistances(places.longest);
    return tf.tensor1d(places.distances, "int32");
  }

  /** 1 for tokens, 0 for padding. */
  private real(shape: number[]): tf.Tensor {
    return tf.tensor(this.places.real, shape);
  }
}

/** Where the tokens of a micro-batch of B texts, the longest of T tokens, lie with and without padding. */
interface Places {
  texts: number;
  longest: number;
  /** Row in the texts one after another of each padded place, [B · T]. */
  padded: Int32Array;
  /** Padded place of each token, [N]. */
  packed: Int32Array;
  /** 1 for tokens, 0 for padding, [B · T]. */
  real: Float32Array;
  /** Row of the bias table for each pair of query and key, [T · T]: MPNet alone reads it. */
  distances?: Int32Array;
}

/** All layers, forward and backward, read the same places: they are worked out once. */
const known = new WeakMap<MicroBatch, Places>();

function placesOf(batch: MicroBatch): Places {
  const places = known.get(batch) ?? findPlaces(batch);
  known.set(batch, places);
  return places;
}

function findPlaces({ lengths, offsets }: MicroBatch): Places {
  const texts = lengths.length;
  const longest = Math.max(...lengths);
  const padded = new Int32Array(texts * longest);
  const packed = new Int32Array(offsets[texts]);
  const real = new Float32Array(padded.length);
  lengths.forEach((length, text) => {
    for (let i = 0; i < longest; i++)
      padded[text * longest + i] = offsets[text] + Math.min(i, length - 1);
    for (let i = 0; i < length; i++) packed[offsets[text] + i] = text * longest + i;
    real.fill(1, text * longest, text * longest + length);
  });
  return { texts, longest, padded, packed, real };
}

function findDistances(longest: number): Int32Array {
  const distances = new Int32Array(longest * longest);
  for (let query = 0; query < longest; query++)
    for (let key = 0; key < longest; key++)
      distances[query * longest + key] = key - query + longest - 1;
  return distances;
}
