import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError } from "../common/index";
import type { EmbeddingLoss } from "./multiple-negatives-ranking";

/**
 * Matryoshka loss: the inner loss on the first d values of the embeddings, for every d of `dims`, weighed
 * and summed (not averaged). One forward pass serves all. An inner loss over cosines normalises each slice.
 *
 * Use it around any loss whose embeddings are to be cut later; with one dimension, the whole, it is the inner loss.
 * Source: Kusupati et al. 2022, section 3, equation 1.
 * @param dims    dimensions to train
 * @param weights one a dimension; 1 by default
 * @throws InputError when the numbers of dimensions and weights differ, or a dimension exceeds the embedding
 */
export function matryoshka(
  inner: EmbeddingLoss,
  dims: readonly number[],
  weights: readonly number[] = dims.map(() => 1),
): EmbeddingLoss {
  if (dims.length === 0 || dims.length !== weights.length) {
    throw new InputError(
      `${dims.length} dims and ${weights.length} weights; give one weight a dim`,
    );
  }
  return (questions, passages) =>
    tf.tidy(() => {
      const losses = dims.map((dim, i) => {
        const slice = (x: tf.Tensor2D): tf.Tensor2D => firstColumns(x, dim);
        return tf.mul(inner(slice(questions), slice(passages)), weights[i]);
      });
      return tf.addN(losses) as tf.Scalar;
    });
}

function firstColumns(x: tf.Tensor2D, dim: number): tf.Tensor2D {
  const [rows, width] = x.shape;
  if (!Number.isInteger(dim) || dim < 1 || dim > width) {
    throw new InputError(`Matryoshka dim is ${dim}; the embeddings have dimensions 1 to ${width}`);
  }
  return tf.slice(x, [0, 0], [rows, dim]);
}
