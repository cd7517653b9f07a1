import * as tf from "@tensorflow/tfjs-node-gpu";
import { TrainingPass, type SentenceEncoder, type TrainingPassOptions } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { tiny, writeText } from "./tiny-model";

/** The loss that training uses, in three dimensions of the tiny model. */
export const loss = matryoshka(multipleNegativesRanking(), [tiny.hidden, 8, 4]);

/** Four questions, then four passages, of 3 to 12 tokens: rows are padded. */
export function tokenise(model: SentenceEncoder): number[][] {
  return [2, 5, 1, 3, 10, 7, 4, 9].map((n, i) => model.tokenizer.encode(writeText(n, 100 + i)));
}

/** The loss over embeddings whose first half are questions. */
export function lossOf(embeddings: tf.Tensor2D): tf.Scalar {
  const [rows, width] = embeddings.shape;
  const half = [rows / 2, width] as [number, number];
  return tf.tidy(() =>
    loss(tf.slice(embeddings, [0, 0], half), tf.slice(embeddings, [rows / 2, 0], half)),
  );
}

/** Loss and gradients of one pass. */
export async function runPass(
  model: SentenceEncoder,
  options: TrainingPassOptions,
): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
  const pass = new TrainingPass(model, options);
  const embeddings = await pass.embed(tokenise(model));
  const { value, grad } = tf.valueAndGrad((x) => lossOf(x as tf.Tensor2D))(embeddings);
  await pass.backward(grad as tf.Tensor2D);
  const sums = pass.finish();
  const gradients = new Map(
    sums.entries().map(([name, sum]) => [name, sum.dataSync<"float32">().slice()]),
  );
  const result = { loss: value.dataSync()[0], gradients };
  tf.dispose([embeddings, value, grad]);
  sums.dispose();
  return result;
}

/** The loss of one pass, without gradients. */
export async function runForward(
  model: SentenceEncoder,
  options: TrainingPassOptions,
): Promise<number> {
  const pass = new TrainingPass(model, { ...options, maxStashBytes: 0 });
  const embeddings = await pass.embed(tokenise(model));
  const value = lossOf(embeddings);
  const result = value.dataSync()[0];
  tf.dispose([embeddings, value]);
  pass.dispose();
  return result;
}

/** Euclidean length. */
export function length(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Greatest difference of two sets of gradients, as a share of the length of each. */
export function distance(
  a: ReadonlyMap<string, Float32Array>,
  b: ReadonlyMap<string, Float32Array>,
): number {
  const whole = length(Float32Array.from([...a.values()].map(length)));
  const parts = [...a].map(([name, values]) => {
    const other = b.get(name)!;
    return length(values.map((value, i) => value - other[i])) / whole;
  });
  return a.size === b.size ? Math.max(...parts) : NaN;
}
