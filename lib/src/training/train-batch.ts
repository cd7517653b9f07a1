import * as tf from "@tensorflow/tfjs-node-gpu";
import type { TextRole } from "../common/index";
import type { SentenceEncoder, TrainingPass } from "../encoder/index";
import type { EmbeddingLoss } from "../losses/index";
import type { Pair } from "./batches";

/**
 * Adds one batch's gradients to a pass: all questions and passages, hard negatives last, are encoded, and the loss
 * sees them at once.
 * @returns the loss, and the number of tokens without padding
 */
export async function trainBatch(
  model: SentenceEncoder,
  pass: TrainingPass,
  pairs: readonly Pair[],
  loss: EmbeddingLoss,
): Promise<{ loss: number; tokens: number }> {
  const tokens = tokenisePairs(model, pairs);
  const embeddings = await pass.embed(tokens);
  const { value, gradient } = lossAndGradient(loss, embeddings, pairs.length);
  embeddings.dispose();
  await pass.backward(gradient);
  gradient.dispose();
  return { loss: value, tokens: tokens.reduce((sum, ids) => sum + ids.length, 0) };
}

/** The loss of a batch without dropout and without a gradient: for comparing a model before and after. */
export async function measureLoss(
  model: SentenceEncoder,
  pairs: readonly Pair[],
  loss: EmbeddingLoss,
): Promise<number> {
  const embed = async (texts: string[], role: TextRole): Promise<tf.Tensor2D> => {
    const vectors = await model.encode(texts, { role });
    return tf.tensor2d(Float32Array.from(vectors.flatMap((v) => [...v])), [
      texts.length,
      model.dim,
    ]);
  };
  const questions = await embed(
    pairs.map((pair) => pair.question),
    "query",
  );
  const passages = await embed(passagesOf(pairs), "passage");
  const value = loss(questions, passages);
  const result = value.dataSync()[0];
  tf.dispose([questions, passages, value]);
  return result;
}

/** Token ids of all questions, then of all passages, each behind the model's prompt for it. */
function tokenisePairs(model: SentenceEncoder, pairs: readonly Pair[]): number[][] {
  const questions = pairs.map((pair) => pair.question);
  return [
    ...model.tokenise(questions, { role: "query" }),
    ...model.tokenise(passagesOf(pairs), { role: "passage" }),
  ];
}

/** Every pair's own passage, then all hard negatives: passage i answers question i. */
function passagesOf(pairs: readonly Pair[]): string[] {
  const own = pairs.map(({ text }) => text);
  return [...own, ...pairs.flatMap(({ hardNegatives = [] }) => hardNegatives)];
}

/** Loss of embeddings [B + P, H], the B questions first, and its gradient of the same shape. */
function lossAndGradient(
  loss: EmbeddingLoss,
  embeddings: tf.Tensor2D,
  questions: number,
): { value: number; gradient: tf.Tensor2D } {
  const [rows, width] = embeddings.shape;
  const gradient = tf.tidy(() => {
    const both = (all: tf.Tensor): tf.Scalar =>
      loss(
        tf.slice(all as tf.Tensor2D, [0, 0], [questions, width]),
        tf.slice(all as tf.Tensor2D, [questions, 0], [rows - questions, width]),
      );
    const { value, grad } = tf.valueAndGrad(both)(embeddings);
    return [grad as tf.Tensor2D, value];
  });
  const value = gradient[1].dataSync()[0];
  gradient[1].dispose();
  return { value, gradient: gradient[0] as tf.Tensor2D };
}
