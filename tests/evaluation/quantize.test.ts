import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { createRandom, readJson } from "mrl/common";
import {
  bytesPerVector,
  cosine,
  evaluateRetrieval,
  findRanges,
  quantizeBinary,
  quantizeInt8,
  quantizePassages,
  restoreBinary,
  restoreInt8,
  storedForms,
} from "mrl/evaluation";
import { createTableEncoder } from "./one-hot-encoder";

/** Made by tests/fixtures/make-quantized.py with sentence-transformers; versions in the file. */
interface Fixture {
  vectors: number[][];
  int8: number[][];
  ubinary: number[][];
}
const fixture = readJson<Fixture>(path.join(process.cwd(), "tests/fixtures/quantized.json"));
const vectors = fixture.vectors.map((values) => Float32Array.from(values));
const draw = (seed: number, dim: number): Float32Array =>
  Float32Array.from({ length: dim }, createRandom(seed).normal);

test("int8 codes and bits are those of sentence-transformers", () => {
  const ranges = findRanges(vectors);
  const codes = vectors.map((vector) => [...quantizeInt8(vector, ranges)]);
  assert.deepEqual(codes, fixture.int8);
  assert.deepEqual(
    vectors.map((vector) => [...quantizeBinary(vector)]),
    fixture.ubinary,
  );
});

test("a range from 0 to 255 has steps of 1: 0 is -128, 128.9 is 0, 255 is 127, what lies outside an end", () => {
  const ranges = findRanges([Float32Array.of(0), Float32Array.of(255)]);
  const code = (value: number): number => quantizeInt8(Float32Array.of(value), ranges)[0];
  assert.deepEqual([0, 128.9, 255, -9, 999].map(code), [-128, 0, 127, -128, 127]);
});

test("a place where all vectors have one value is restored to it, within half of the step 1", () => {
  const ranges = findRanges([Float32Array.of(0.25), Float32Array.of(0.25)]);
  const codes = quantizeInt8(Float32Array.of(0.25), ranges);
  assert.deepEqual([...codes, ...restoreInt8(codes, ranges)], [-128, 0.75]);
});

test("a restored int8 vector is at most half a step off in every place", () => {
  const ranges = findRanges(vectors);
  for (const vector of vectors) {
    const restored = restoreInt8(quantizeInt8(vector, ranges), ranges);
    // The highest value alone lies on the end of the last step, half a step beyond its own middle.
    restored.forEach((value, d) => {
      assert.ok(Math.abs(value - vector[d]) <= 0.501 * ranges.steps[d], `${value}, ${vector[d]}`);
    });
  }
});

test("the cosine of restored bits is 1 - 2h/dim for h different bits", () => {
  const [a, b] = [draw(1, 64), draw(2, 64)];
  const [x, y] = [quantizeBinary(a), quantizeBinary(b)];
  const bits = (n: number): number => n.toString(2).replaceAll("0", "").length;
  const different = x.reduce((sum, byte, i) => sum + bits(byte ^ y[i]), 0);
  assert.ok(different > 0 && different < 64);
  const found = cosine(restoreBinary(x, 64), restoreBinary(y, 64));
  assert.ok(Math.abs(found - (1 - different / 32)) < 1e-12);
});

test("bytes of a vector: 4 a number, 1 a number, 1 for 8 numbers", () => {
  assert.deepEqual(
    storedForms.map((form) => bytesPerVector(form, 100)),
    [400, 100, 13, 13],
  );
});

test("vectors of other lengths, or none, are refused", () => {
  assert.throws(() => findRanges([]), /no vector to find ranges of/);
  assert.throws(() => findRanges([draw(1, 3), draw(1, 4)]), /a vector has 4 numbers, another 3/);
  assert.throws(
    () => quantizeInt8(draw(1, 2), findRanges([draw(1, 3)])),
    /a vector has 2 numbers, another 3/,
  );
});

// "near" points as the question does but for its length in one place; by signs alone "far" is as good.
const table = { question: [3, 1, -2], near: [3, 1, -2], far: [0.1, 5, -0.1], other: [-3, 1, 2] };
const set = {
  queries: new Map([["q", "question"]]),
  corpus: new Map(["far", "near", "other"].map((name) => [name, name])),
  relevant: new Map([["q", new Set(["near"])]]),
};
const rankOf = async (form: (typeof storedForms)[number]): Promise<number> => {
  const model = quantizePassages(createTableEncoder(table), 3, form);
  return (await evaluateRetrieval(model, set, { dims: [3] })).perQuery[3][0].rank;
};

test("float32 and int8 rank the near passage first; bits cannot tell it from one with its signs", async () => {
  // Equal bits are equal scores, and the tie goes to the id that sorts first: "far".
  assert.deepEqual(await Promise.all(storedForms.map(rankOf)), [1, 1, 2, 2]);
});

test("questions keep their whole precision but in hamming, and vectors are cut before they are stored", async () => {
  const model = createTableEncoder(table);
  const [asked] = await quantizePassages(model, 2, "binary").encode(["question"], {
    role: "query",
  });
  assert.ok(Math.abs(cosine(asked, Float32Array.of(3, 1)) - 1) < 1e-6);
  const [bits] = await quantizePassages(model, 2, "hamming").encode(["other"], { role: "query" });
  assert.deepEqual([...bits], [-1, 1]);
  assert.throws(() => quantizePassages(model, 4, "int8"), /dim is 4; allowed: .* 1 to 3/);
});
