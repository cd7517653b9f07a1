import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError } from "mrl/common";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { assertNear, lossOf, passages, questions } from "./toy-batch";

test("Matryoshka in one dimension, the whole, is the inner loss", () => {
  const inner = multipleNegativesRanking();
  assert.equal(
    lossOf(matryoshka(inner, [8]), questions, passages),
    lossOf(inner, questions, passages),
  );
});

test("Matryoshka sums, not averages, the inner losses of the slices, times their weights", () => {
  const inner = multipleNegativesRanking();
  const parts = [8, 4, 2].map((dim) => {
    const cut = (rows: number[][]): number[][] => rows.map((row) => row.slice(0, dim));
    return lossOf(inner, cut(questions), cut(passages));
  });
  assert.equal(new Set(parts).size, 3);
  const plain = lossOf(matryoshka(inner, [8, 4, 2]), questions, passages);
  assertNear(plain, parts[0] + parts[1] + parts[2]);
  const weighed = lossOf(matryoshka(inner, [8, 4, 2], [1, 0.5, 0]), questions, passages);
  assertNear(weighed, parts[0] + 0.5 * parts[1]);
});

test("values behind the largest dim neither change the loss nor get a gradient", () => {
  const loss = matryoshka(multipleNegativesRanking(), [2, 4]);
  const gradient = tf.grad((x) => loss(x as tf.Tensor2D, tf.tensor2d(passages)))(
    tf.tensor2d(questions),
  );
  for (const row of (gradient as tf.Tensor2D).arraySync()) {
    assert.deepEqual(row.slice(4), [0, 0, 0, 0]);
    assert.ok(row.slice(0, 4).every((value) => value !== 0));
  }
});

test("the gradient by both inputs is the slope that central differences find", () => {
  const loss = matryoshka(multipleNegativesRanking(5), [8, 4, 2], [1, 2, 0.5]);
  const inputs = [questions, passages];
  const [dQuestions, dPassages] = tf.grads((a, b) => loss(a as tf.Tensor2D, b as tf.Tensor2D))(
    inputs.map((rows) => tf.tensor2d(rows)),
  );
  const step = 5e-3;
  for (const [which, gradient] of [dQuestions, dPassages].entries()) {
    const values = (gradient as tf.Tensor2D).arraySync();
    assert.ok(values.flat().every((value) => value !== 0));
    inputs[which].forEach((row, i) =>
      row.forEach((_, j) => {
        const at = (change: number): number => {
          const moved = structuredClone(inputs);
          moved[which][i][j] += change;
          return lossOf(loss, moved[0], moved[1]);
        };
        assertNear((at(step) - at(-step)) / (2 * step), values[i][j], 2e-3);
      }),
    );
  }
});

test("dims and weights that do not fit are refused with the numbers", () => {
  const inner = multipleNegativesRanking();
  assert.throws(() => matryoshka(inner, []), InputError);
  assert.throws(() => matryoshka(inner, [8, 4], [1]), /2 dims and 1 weights/);
  for (const dim of [9, 0, 1.5]) {
    const message = `Matryoshka dim is ${dim}; the embeddings have dimensions 1 to 8`;
    assert.throws(() => lossOf(matryoshka(inner, [dim]), questions, passages), { message });
  }
});

test("a loss leaves no tensors but its result, and its inputs as they were", () => {
  const inputs = [questions, passages].map((rows) => tf.tensor2d(rows));
  const before = tf.memory().numTensors;
  const result = matryoshka(multipleNegativesRanking(), [8, 2])(inputs[0], inputs[1]);
  assert.equal(tf.memory().numTensors, before + 1);
  tf.dispose(result);
  assert.equal(inputs[0].dataSync()[0], Math.fround(questions[0][0]));
  tf.dispose(inputs);
});
