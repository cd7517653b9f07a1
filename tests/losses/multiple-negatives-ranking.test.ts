import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { multipleNegativesRanking } from "mrl/losses";
import { assertNear, drawRows, lossOf, passages, questions } from "./toy-batch";

test("equal scores over B passages cost ln B", () => {
  // All passages have one direction, so the softmax gives each of them 1/B, whatever their lengths.
  for (const B of [2, 5]) {
    const same = Array.from({ length: B }, (_, i) => [1 + i, 1 + i, 0]);
    assertNear(lossOf(multipleNegativesRanking(), drawRows(B, 3, B), same), Math.log(B));
  }
});

test("two questions and two passages in the plane cost what a calculation by hand gives", () => {
  // Cosines: question (1, 0) has 1 with its own passage and 0.6 with the other; question (0, 1) has 0.8 with its
  // own, (3, 4)/5, and 0 with (2, 0). At scale 2 a question costs ln(1 + e^(2·(other − own))).
  const found = lossOf(
    multipleNegativesRanking(2),
    [
      [3, 0],
      [0, 1],
    ],
    [
      [2, 0],
      [3, 4],
    ],
  );
  const [first, second] = [2 * (0.6 - 1), 2 * (0 - 0.8)].map((d) => Math.log(1 + Math.exp(d)));
  assertNear(found, (first + second) / 2, 1e-6);
});

test("the scale is 20 where none is given", () => {
  assert.equal(
    lossOf(multipleNegativesRanking(), questions, passages),
    lossOf(multipleNegativesRanking(20), questions, passages),
  );
});

test("perfect separation costs nearly nothing, at a scale of 100 too; perfect confusion 2·scale", () => {
  const [a, b] = [
    [1, 2],
    [-1, -2],
  ];
  // Own cosine 1, the other −1: ln(1 + e^(−40)).
  assertNear(lossOf(multipleNegativesRanking(), [a, b], [a, b]), 0, 1e-6);
  assertNear(lossOf(multipleNegativesRanking(100), [a, b], [a, b]), 0, 1e-4);
  assertNear(lossOf(multipleNegativesRanking(), [a, b], [b, a]), 40, 1e-4);
});

test("the lengths of vectors do not matter; a vector of zeros is an answer like any other", () => {
  const longer = questions.map((row, i) => row.map((value) => value * (i + 0.5)));
  const loss = multipleNegativesRanking();
  assertNear(lossOf(loss, longer, passages), lossOf(loss, questions, passages));
  // Cosines 0 and 0: ln 2.
  const zeros = [
    [0, 0],
    [0, 0],
  ];
  assertNear(lossOf(loss, zeros, zeros), Math.log(2));
});

test("passages beyond the questions are further wrong answers", () => {
  // One question with cosine 1 to its own passage and 0 to two more: ln(1 + 2·e^(−20)), at scale 1 ln(1 + 2/e).
  const more = [
    [1, 0],
    [0, 1],
    [0, -1],
  ];
  assertNear(lossOf(multipleNegativesRanking(1), [[1, 0]], more), Math.log(1 + 2 / Math.E));
});

test("a lone pair has no wrong answer: it costs nothing and has no gradient", () => {
  // ln 1 = 0. The last batch of an epoch may be one pair.
  assert.equal(lossOf(multipleNegativesRanking(), [[1, 2]], [[3, 1]]), 0);
  const gradient = tf.grad((x) =>
    multipleNegativesRanking()(x as tf.Tensor2D, tf.tensor2d([[3, 1]])),
  )(tf.tensor2d([[1, 2]]));
  assert.deepEqual([...gradient.dataSync()], [0, 0]);
});
