import assert from "node:assert/strict";
import { test } from "node:test";
import { cosineSchedule, groupBatches, planEpoch, type Pair } from "mrl/training";

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, expected ${expected}`);
}

test("the rate rises over ceil(share · updates), is whole after it, half in the middle, near 0 at the end", () => {
  // 41 updates, 0.1 of them rounded up: 5. Then 36: the middle one is update 5 + 18.
  assert.equal(cosineSchedule(0, 41, 0.1), 0);
  assert.equal(cosineSchedule(1, 41, 0.1), 1 / 5);
  assert.equal(cosineSchedule(4, 41, 0.1), 4 / 5);
  assert.equal(cosineSchedule(5, 41, 0.1), 1);
  near(cosineSchedule(23, 41, 0.1), 0.5);
  // A third of the way: (1 + cos 60°) / 2.
  near(cosineSchedule(17, 41, 0.1), 0.75);
  near(cosineSchedule(41, 41, 0.1), 0);
  // The last update is 35/36 of the way.
  near(cosineSchedule(40, 41, 0.1), (1 + Math.cos((Math.PI * 35) / 36)) / 2);
});

test("without warm-up the first update has the whole rate; one update is enough", () => {
  assert.equal(cosineSchedule(0, 10, 0), 1);
  assert.equal(cosineSchedule(0, 1, 0), 1);
  assert.equal(cosineSchedule(0, 1, 0.1), 0);
});

/** 60 pairs of 20 chunks: three questions each. */
const pairs: Pair[] = Array.from({ length: 60 }, (_, i) => ({
  question: `question ${i}`,
  text: `text ${i % 20}`,
  chunkId: i % 20,
}));

test("an epoch has every pair once, and no chunk twice in a batch", () => {
  for (const batchSize of [2, 7, 16, 64]) {
    const batches = planEpoch(pairs, batchSize, 42, 0);
    assert.deepEqual(
      batches.flat().sort((a, b) => a - b),
      pairs.map((_, i) => i),
    );
    for (const batch of batches) {
      assert.ok(batch.length >= 1 && batch.length <= batchSize, `${batch.length}`);
      assert.equal(new Set(batch.map((i) => pairs[i].chunkId)).size, batch.length);
    }
  }
});

test("a batch larger than the chunks holds each chunk once", () => {
  assert.deepEqual(
    planEpoch(pairs, 64, 42, 0).map((batch) => batch.length),
    [20, 20, 20],
  );
});

test("dropLast leaves out the batches that are smaller than an epoch's first", () => {
  const whole = planEpoch(pairs, 16, 42, 0);
  assert.ok(whole.some(({ length }) => length < 16));
  assert.deepEqual(
    planEpoch(pairs, 16, 42, 0, true),
    whole.filter(({ length }) => length === 16),
  );
  assert.deepEqual(planEpoch(pairs, 64, 42, 0, true), planEpoch(pairs, 64, 42, 0));
});

test("a question or a text that two chunks share does not stand in a batch twice either", () => {
  const shared = pairs
    .slice(0, 12)
    .map((pair, i) => ({ ...pair, question: `q${i % 6}`, text: i < 2 ? "one text" : pair.text }));
  for (const batch of planEpoch(shared, 12, 1, 0)) {
    assert.equal(new Set(batch.map((i) => shared[i].question)).size, batch.length);
    assert.equal(new Set(batch.map((i) => shared[i].text)).size, batch.length);
  }
});

test("one seed gives the same batches; another seed or epoch gives others", () => {
  const plan = planEpoch(pairs, 8, 42, 0);
  assert.deepEqual(planEpoch(pairs, 8, 42, 0), plan);
  assert.notDeepEqual(planEpoch(pairs, 8, 43, 0), plan);
  assert.notDeepEqual(planEpoch(pairs, 8, 42, 1), plan);
});

test("groups hold so many batches in order, the last one what is left", () => {
  assert.deepEqual(groupBatches([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(groupBatches([1, 2], 4), [[1, 2]]);
  assert.deepEqual(groupBatches([], 2), []);
});
