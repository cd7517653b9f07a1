import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, mixBits } from "mrl/common";

const take = (n: number, next: () => number): number[] => Array.from({ length: n }, next);

test("the bit mixer is MurmurHash3's finaliser", () => {
  // fmix32(1), fmix32(42) of the C++ reference implementation, as signed 32-bit integers
  assert.deepEqual([mixBits(0), mixBits(1) >>> 0, mixBits(42) >>> 0], [0, 0x514e28b7, 0x087fcd5c]);
});

test("a seed gives the same numbers on every machine", () => {
  // Mulberry32 from the state mixBits(42) = 0x087fcd5c; stored splits and runs depend on these
  assert.deepEqual(
    take(3, createRandom(42).next),
    [0.4869888692628592, 0.5050487946718931, 0.07134048454463482],
  );
});

test("the same seed and stream repeat, another seed or stream differs from the first number on", () => {
  const first = (seed: number, ...stream: number[]): number => createRandom(seed, ...stream).next();
  assert.equal(first(7, 1, 2), first(7, 1, 2));
  const starts = [first(7), first(8), first(7, 0), first(7, 1), first(7, 1, 0), first(7, 0, 1)];
  assert.equal(new Set(starts).size, starts.length);
});

test("near seeds give unrelated numbers: their first numbers correlate by chance only", () => {
  const n = 4000;
  const x = take(
    n,
    (() =>
      (
        (seed) => () =>
          createRandom(seed++).next()
      )(0))(),
  );
  const pairs = x.slice(1).map((value, i) => (value - 0.5) * (x[i] - 0.5));
  const correlation = (12 * pairs.reduce((a, b) => a + b, 0)) / pairs.length;
  // the standard deviation of a chance correlation is 1/sqrt(n) = 0.016
  assert.ok(Math.abs(correlation) < 0.06, `correlation ${correlation}`);
});

test("integers are uniform over their range", () => {
  const { integer } = createRandom(1);
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 50_000; i++) bins[integer(10)]++;
  // chi-squared with 9 degrees of freedom exceeds 27.9 once in a thousand
  const chi2 = bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
  assert.ok(chi2 < 27.9, `chi-squared ${chi2}`);
});

test("numbers lie in [0, 1)", () => {
  const values = take(100_000, createRandom(3).next);
  assert.ok(values.every((value) => value >= 0 && value < 1));
});

test("a shuffle is a permutation of a copy", () => {
  const items = Object.freeze(Array.from({ length: 100 }, (_, i) => i));
  const shuffled = createRandom(5).shuffle(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    [...shuffled].sort((a, b) => a - b),
    items,
  );
  assert.deepEqual(createRandom(5).shuffle(items), shuffled);
});

test("each of the six orders of three things comes equally often", () => {
  const random = createRandom(11);
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = random.shuffle(["a", "b", "c"]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  // chi-squared with 5 degrees of freedom exceeds 20.5 once in a thousand
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  assert.ok(chi2 < 20.5, `chi-squared ${chi2}`);
});

test("normal numbers have mean 0, variance 1 and normal tails, and are finite", () => {
  const values = take(50_000, createRandom(9).normal);
  assert.ok(values.every(Number.isFinite));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const outside = values.filter((value) => Math.abs(value) > 1.96).length / values.length;
  // standard errors: 0.0045, 0.0063, 0.001; the limits are four of them
  assert.ok(Math.abs(mean) < 0.018, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.026, `variance ${variance}`);
  assert.ok(Math.abs(outside - 0.05) < 0.004, `${outside} beyond 1.96`);
});
