import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "mrl/common";
import { formatInterval, pairedBootstrap } from "mrl/evaluation";

const seed = 1;
const own = (n: number): string[] => Array.from({ length: n }, (_, i) => `c${i}`);

test("a gain that is the same for every question has an interval of no width", () => {
  const base = [0.1, 0.4, 0.2, 0.7, 0.3, 0.6];
  const tuned = base.map((value) => value + 0.25);
  const {
    gain,
    base: level,
    undecided,
    clusters,
    n,
  } = pairedBootstrap(base, tuned, own(6), { seed });
  assert.ok(Math.abs(gain.low - 0.25) < 1e-12 && Math.abs(gain.high - 0.25) < 1e-12);
  assert.ok(level.high - level.low > 0.2);
  assert.deepEqual([undecided, clusters, n], [false, 6, 6]);
});

test("the interval of a mean is about 1.96 standard errors on each side", () => {
  // 400 questions, half of them 1: standard error sqrt(0.25 / 400) = 0.025
  const tuned = Array.from({ length: 400 }, (_, i) => i % 2);
  const { tuned: level } = pairedBootstrap(
    tuned.map(() => 0),
    tuned,
    own(400),
    { seed },
  );
  assert.equal(level.mean, 0.5);
  assert.ok(Math.abs(level.low - (0.5 - 1.96 * 0.025)) < 0.004, String(level.low));
  assert.ok(Math.abs(level.high - (0.5 + 1.96 * 0.025)) < 0.004, String(level.high));
});

test("questions that rise and fall together in clusters of 4 double the interval's width", () => {
  const tuned = Array.from({ length: 400 }, (_, i) => Math.floor(i / 4) % 2);
  const zero = tuned.map(() => 0);
  const width = (clusters: string[]): number => {
    const { gain } = pairedBootstrap(zero, tuned, clusters, { seed });
    return gain.high - gain.low;
  };
  const ratio = width(tuned.map((_, i) => `c${Math.floor(i / 4)}`)) / width(own(400));
  assert.ok(ratio > 1.8 && ratio < 2.2, String(ratio));
});

test("clusters of unequal size weigh by their questions: the mean is that of all questions", () => {
  const { gain } = pairedBootstrap([0, 0, 0, 0], [1, 1, 1, 0], ["a", "a", "a", "b"], { seed });
  assert.equal(gain.mean, 0.75);
  // two clusters, drawn twice: a a, a b, b a, b b
  assert.deepEqual([gain.low, gain.high], [0, 1]);
  const { base } = pairedBootstrap([1, 1, 1, 0], [0, 0, 0, 0], ["a", "a", "a", "b"], { seed });
  assert.deepEqual(base, { mean: 0.75, low: 0, high: 1 });
});

test("a gain whose interval holds 0 is undecided", () => {
  const tuned = [1, -1, 0.5, -0.4, 0.2, -0.3];
  const result = pairedBootstrap(
    tuned.map(() => 0),
    tuned,
    own(6),
    { seed },
  );
  assert.ok(result.gain.low < 0 && result.gain.high > 0);
  assert.equal(result.undecided, true);
});

test("five clusters decide nothing, whatever their interval: their signs agree by chance in 1 of 16 cases", () => {
  const zero = [0, 0, 0, 0, 0];
  const { gain, undecided } = pairedBootstrap(zero, [0.1, 0.2, 0.1, 0.3, 0.2], own(5), { seed });
  assert.ok(gain.low > 0);
  assert.equal(undecided, true);
});

test("one cluster gives a mean without bounds, and nothing is decided", () => {
  const { gain, undecided, clusters } = pairedBootstrap([0, 0], [1, 1], ["p", "p"], { seed });
  assert.equal(gain.mean, 1);
  assert.ok(Number.isNaN(gain.low) && Number.isNaN(gain.high));
  assert.deepEqual([undecided, clusters], [true, 1]);
});

test("one seed gives one interval, another seed another", () => {
  const tuned = Array.from({ length: 50 }, (_, i) => Math.sin(i));
  const run = (s: number) =>
    pairedBootstrap(
      tuned.map(() => 0),
      tuned,
      own(50),
      { seed: s },
    );
  assert.deepEqual(run(5), run(5));
  assert.notDeepEqual(run(5).gain, run(6).gain);
});

test("lists of unequal length, and empty ones, are refused", () => {
  assert.throws(() => pairedBootstrap([], [], [], { seed }), InputError);
  assert.throws(() => pairedBootstrap([1, 2], [1], ["a", "b"], { seed }), /2 base values, 1 tuned/);
});

test("an interval reads as mean and bounds, or as the mean alone where there are none", () => {
  assert.equal(formatInterval({ mean: 0.25, low: -0.1, high: 0.5 }), "0.250 (-0.100 to 0.500)");
  assert.equal(formatInterval({ mean: 0.25, low: NaN, high: NaN }, 1), "0.3");
});
