import * as tf from "@tensorflow/tfjs-node-gpu";

/**
 * A loss over a batch of embeddings: questions [B, D] and passages [P, D], P ≥ B, where passage i answers
 * question i. Returns a scalar tensor; differentiable by tfjs. The caller disposes the result.
 */
export type EmbeddingLoss = (questions: tf.Tensor2D, passages: tf.Tensor2D) => tf.Scalar;

/**
 * Multiple negatives ranking loss (MNRL, InfoNCE): the other passages of the batch are the wrong answers.
 * Cross-entropy of `scale · cosine(question, every passage)` against the question's own, mean over questions.
 *
 * Use it for pairs without labels of wrongness; larger batches make it harder and better. Two rows with the
 * same passage would call a right answer wrong: batches must hold no passage twice.
 * Source: Henderson et al. 2017, section 4.4; van den Oord et al. 2018, section 2.3; the scale as in
 * sentence-transformers.
 * @param scale inverse temperature by which cosines are multiplied
 */
export function multipleNegativesRanking(scale: number = 20): EmbeddingLoss {
  return (questions, passages) =>
    tf.tidy(() => {
      const cosines = tf.matMul(unitRows(questions), unitRows(passages), false, true);
      const logits = tf.mul(cosines, scale);
      // Not `oneHot`, which refuses a lone passage, as an epoch's last batch may have.
      const own = tf.sum(tf.mul(logits, tf.eye(questions.shape[0], passages.shape[0])), 1);
      return tf.mean<tf.Scalar>(tf.sub(tf.logSumExp(logits, 1), own));
    });
}

/** Rows of unit length; a row of zeros stays one (PyTorch's `normalize`, ε = 1e-12). */
function unitRows(x: tf.Tensor2D): tf.Tensor2D {
  const squares = tf.sum(tf.square(x), 1, true);
  return tf.mul<tf.Tensor2D>(x, tf.rsqrt(tf.maximum(squares, 1e-24)));
}
