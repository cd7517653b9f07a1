import type * as tf from "@tensorflow/tfjs-node-gpu";
import type { Operand } from "./arithmetic";
import type { Dropout } from "./dropout";
import type { MicroBatch } from "./micro-batches";

// The steps of the network between its matrix products, forward and backward. There are two sets of them that
// compute the same: `native-kernels` in one pass over memory each, for the CPU, and `composed-kernels` of
// TensorFlow's own operations, for every device. N: tokens of a micro-batch, H: width of the hidden states,
// F: inner width of the feed-forward block. Every function leaves its inputs as they are; inside `tf.tidy` its
// results need no disposal of their own.

/** Layer normalisation's gain and bias, [H] each. */
export interface Norm {
  weight: tf.Tensor;
  bias: tf.Tensor;
}

/** Hidden states [N, H] in float32, and once more as products read them. */
export interface Hidden {
  y: tf.Tensor;
  operand: Operand;
}

/** What the backward of a layer normalisation reads: normalised values [N, H] and 1/σ [N]. */
export interface NormStash {
  normalised: Operand;
  inverse: tf.Tensor;
}

/** A gradient [N, H] in two parts that are still to be added: by way of the residual, and by the products. */
export interface SplitGradient {
  residual: tf.Tensor;
  products: Operand | null;
}

/** Gradients of a layer by its parameters. */
export interface LayerGradients {
  weight: tf.Tensor;
  bias: tf.Tensor;
}

/** Vectors that make up a token's first hidden state: [words, H], [positions, H], [H]. */
export interface EmbeddingTables {
  words: tf.Tensor;
  positions: tf.Tensor;
  type: tf.Tensor;
}

/** What attention reads besides its input. */
export interface AttentionScope {
  heads: number;
  batch: MicroBatch;
  /** Bias of scores by the distance of key and query, −(R − 1) … R − 1: [heads, 2R − 1]; null for BERT. */
  relative: tf.Tensor | null;
}

export interface Kernels {
  /** dropout(norm(word + position + type)) of each token; `places` [N] are rows of the position table. */
  embed(
    tables: EmbeddingTables,
    ids: Int32Array,
    places: Int32Array,
    norm: Norm,
    dropout: Dropout,
  ): Hidden & NormStash;
  /** Gradient of each token's sum of vectors [N, H], and the norm's. */
  embedBackward(
    d: SplitGradient,
    stash: NormStash,
    norm: Norm,
    dropout: Dropout,
  ): { dx: tf.Tensor; norm: LayerGradients };

  /** norm(dropout(branch + bias) + residual). */
  addNorm(
    branch: Operand,
    bias: tf.Tensor,
    residual: tf.Tensor,
    norm: Norm,
    dropout: Dropout,
  ): Hidden & NormStash;
  addNormBackward(
    d: SplitGradient,
    stash: NormStash,
    norm: Norm,
    dropout: Dropout,
  ): { dResidual: tf.Tensor; dBranch: Operand; dBias: tf.Tensor; norm: LayerGradients };

  /** GELU(z + bias) in the exact form (Hendrycks & Gimpel 2016, section 2), [N, F]. */
  gelu(z: Operand, bias: tf.Tensor): Operand;
  /** Gradients by z and bias, and the output `y` computed again. */
  geluBackward(
    dy: Operand,
    z: Operand,
    bias: tf.Tensor,
  ): { dz: Operand; y: Operand; dBias: tf.Tensor };

  /**
   * Multi-head self-attention (Vaswani et al. 2017, section 3.2) within each text: query, key and value side by
   * side [N, 3H] plus their bias [3H] → context [N, H]. `logSums`: log of each softmax's sum, for the backward.
   */
  attention(
    qkv: Operand,
    bias: tf.Tensor,
    scope: AttentionScope,
    dropout: Dropout,
  ): { context: Operand; logSums: tf.Tensor };
  attentionBackward(
    dContext: Operand,
    qkv: Operand,
    bias: tf.Tensor,
    logSums: tf.Tensor,
    scope: AttentionScope,
    dropout: Dropout,
  ): { dqkv: Operand; dBias: tf.Tensor; dRelative: tf.Tensor | null };
}
