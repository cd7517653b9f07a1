import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError, createRandom } from "mrl/common";
import { cosine, rankPassages, truncate } from "mrl/evaluation";

const vector = (...values: number[]): Float32Array => Float32Array.from(values);

test("truncate keeps the first numbers and makes them unit length", () => {
  assert.deepEqual([...truncate(vector(3, 4, 12), 2)], [Math.fround(0.6), Math.fround(0.8)]);
  assert.deepEqual([...truncate(vector(0, 0, 1), 2)], [0, 0]);
  assert.throws(() => truncate(vector(1, 2), 3), /dim is 3; allowed: a whole number from 1 to 2/);
});

test("truncate leaves its input as it was", () => {
  const input = vector(3, 4);
  truncate(input, 2);
  assert.deepEqual([...input], [3, 4]);
});

test("cosine is 1 along, 0 across, -1 against, whatever the lengths", () => {
  assert.equal(cosine(vector(2, 0), vector(5, 0)), 1);
  assert.equal(cosine(vector(2, 0), vector(0, 5)), 0);
  assert.equal(cosine(vector(2, 0), vector(-1, 0)), -1);
  assert.equal(cosine(vector(0, 0), vector(1, 1)), 0);
  assert.ok(Math.abs(cosine(vector(1, 1), vector(1, 0)) - Math.SQRT1_2) < 1e-12);
  assert.throws(() => cosine(vector(1), vector(1, 2)), InputError);
});

test("passages come best first with their cosines, at most k of them", () => {
  const passages = [vector(0, 1), vector(1, 0), vector(3, 4)];
  const ids = ["up", "right", "between"];
  const [ranked] = rankPassages([vector(1, 0)], passages, { ids, k: 2 });
  assert.deepEqual(ranked, [
    { id: "right", score: 1 },
    { id: "between", score: Math.fround(0.6) },
  ]);
});

test("a dim cuts both sides: at one number only the sign is left", () => {
  const passages = [vector(-1, 9), vector(1, 9)];
  const [ranked] = rankPassages([vector(1, 0)], passages, { ids: ["left", "right"], dim: 1 });
  assert.deepEqual(ranked, [
    { id: "right", score: 1 },
    { id: "left", score: -1 },
  ]);
});

test("ids that do not fit the passages, and vectors that are too short, are refused", () => {
  const passages = [vector(1, 0), vector(0, 1)];
  const rank = (ids: string[], dim?: number) => () =>
    rankPassages([vector(1, 0)], passages, { ids, dim });
  assert.throws(rank(["a"]), /1 ids for 2 passages/);
  assert.throws(rank(["a", "a"]), /passage id "a" comes twice/);
  assert.throws(rank(["a", "b"], 3), /dim is 3; allowed: a whole number from 1 to 2/);
});

test("the best of 2,000 random passages are those that sorting all cosines gives", () => {
  const random = createRandom(3);
  const draw = (): Float32Array => Float32Array.from({ length: 24 }, random.normal);
  const passages = Array.from({ length: 2000 }, draw);
  const queries = Array.from({ length: 9 }, draw);
  const ids = passages.map((_, i) => `p${i}`);
  const ranked = rankPassages(queries, passages, { ids, k: 20, dim: 16, blockSize: 5 });
  queries.forEach((query, q) => {
    const all = passages.map((p, i) => ({
      id: ids[i],
      score: cosine(truncate(query, 16), truncate(p, 16)),
    }));
    all.sort((a, b) => b.score - a.score);
    assert.deepEqual(
      ranked[q].map(({ id }) => id),
      all.slice(0, 20).map(({ id }) => id),
    );
  });
});

test("100,000 passages of 384 numbers are ranked in under 2 GB", () => {
  const shared = Float32Array.from({ length: 384 }, createRandom(1).normal);
  const passages = Array.from({ length: 100_000 }, (_, i) => {
    const passage = Float32Array.from(shared);
    passage[i % 384] += i / 1000;
    return passage;
  });
  const ids = passages.map((_, i) => String(i));
  const [best] = rankPassages([passages[77_777]], passages, { ids, k: 100 });
  assert.equal(best[0].id, "77777");
  assert.equal(best.length, 100);
  const peakGb = process.resourceUsage().maxRSS / 1024 ** 2;
  assert.ok(peakGb < 2, `${peakGb.toFixed(2)} GB`);
});
