import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "mrl/common";
import { rankInTwoSteps, rankPassages } from "mrl/evaluation";

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
const draw = (seed: number, count: number, dim: number): Float32Array[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: dim }, random.normal));
};

// By its first number every passage but "left" looks alike; whole cosines with (1, 0): 0.6, 0.8, 1, -1.
const ids = ["a", "b", "c", "left"];
const passages = [vector(3, 4), vector(4, 3), vector(5, 0), vector(-5, 0)];

test("the first step chooses by the short vector, the second ranks by the whole one", () => {
  const find = (candidates: number): string[][] =>
    rankInTwoSteps([vector(1, 0)], passages, { ids, firstDim: 1, candidates, k: 2 }).map((row) =>
      row.map(({ id }) => id),
    );
  assert.deepEqual(find(3), [["c", "b"]]);
  // Two candidates are the first two of equals: the best passage is lost in the first step.
  assert.deepEqual(find(2), [["b", "a"]]);
});

test("scores are the cosines of whole vectors", () => {
  const [found] = rankInTwoSteps([vector(1, 0)], passages, {
    ids,
    firstDim: 1,
    candidates: 3,
    k: 3,
  });
  assert.deepEqual(
    found.map(({ score }) => score),
    [1, Math.fround(0.8), Math.fround(0.6)],
  );
});

test("with every passage as a candidate it is the search in one step", () => {
  const [all, queries] = [draw(1, 300, 24), draw(2, 7, 24)];
  const names = all.map((_, i) => `p${i}`);
  const options = { ids: names, firstDim: 3, candidates: 300, k: 12 };
  assert.deepEqual(
    rankInTwoSteps(queries, all, options),
    rankPassages(queries, all, { ids: names, k: 12 }),
  );
});

test("fewer candidates than results, and a first step longer than the vectors, are refused", () => {
  const find = (options: object) => () =>
    rankInTwoSteps([vector(1, 0)], passages, { ids, firstDim: 1, ...options });
  assert.throws(find({ candidates: 9 }), /candidates is 9; allowed: a whole number from k = 10/);
  assert.throws(find({ firstDim: 3 }), /dim is 3; allowed: a whole number from 1 to 2/);
});
