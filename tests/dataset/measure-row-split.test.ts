import assert from "node:assert/strict";
import { test } from "node:test";
import { drawSplit, measureRowSplit, splitRows, splitRowsAtRandom } from "mrl/dataset";
import { makeChunks, makeRows } from "./toy-rows";

test("a tenth of 25 rows, rounded, is tested, the rest trains, and the same seed draws the same rows", () => {
  const rows = makeRows(makeChunks(25, 1), 1);
  const { train, test } = splitRowsAtRandom(rows, 0.1, 1);
  assert.deepEqual([train.length, test.length], [22, 3]); // 2.5 is rounded up
  assert.deepEqual(new Set([...train, ...test]), new Set(rows));
  assert.deepEqual(splitRowsAtRandom(rows, 0.1, 1), { train, test });
  assert.notDeepEqual(splitRowsAtRandom(rows, 0.1, 2).test, test);
});

test("the leak is that of the split itself, counted by hand on two passages", () => {
  const rows = makeRows(makeChunks(2, 1), 2);
  const { train, test } = splitRowsAtRandom(rows, 0.5, 1);
  const ids = (side: typeof rows): number[] => side.map((row) => row.global_chunk_id).sort();
  // Either each passage gives one row to each side, or one passage trains and the other is tested.
  const isMixed = ids(test)[0] !== ids(test)[1];
  assert.deepEqual(ids(train), isMixed ? [0, 1] : ids(test)[0] === 0 ? [1, 1] : [0, 0]);
  const onKnownPassages = isMixed ? 2 : 0;
  assert.deepEqual(measureRowSplit(rows, 0.5, 1), { testRows: 2, onKnownPassages });
});

test("with one row a passage, no random test row has its passage in training", () => {
  const leak = measureRowSplit(makeRows(makeChunks(10, 10), 1), 0.1, 1);
  assert.deepEqual(leak, { testRows: 10, onKnownPassages: 0 });
});

test("with four rows a passage, nearly every random test row has: all but about one in a thousand", () => {
  // A test row is alone when its three siblings are drawn too: 0.1 cubed.
  const { testRows, onKnownPassages } = measureRowSplit(makeRows(makeChunks(100, 10)), 0.1, 1);
  assert.equal(testRows, 400);
  assert.ok(onKnownPassages >= 396 && onKnownPassages <= 400, `${onKnownPassages}`);
});

test("the figure of a split counts every row once, by section", () => {
  const chunks = makeChunks(20, 1).map((chunk, id) => {
    return { ...chunk, page: `${id < 8 ? "core" : "data"}/${chunk.page}` };
  });
  const shares = { unseenPages: 0.1, validationPages: 0.05, seenRows: 0.1, seed: 1 };
  const { data } = drawSplit(splitRows(makeRows(chunks), shares));
  const bars = data as { name: string; x: number[]; y: string[] }[];
  assert.deepEqual(bars[0].y, ["core", "data"]);
  const total = (section: number): number => bars.reduce((sum, bar) => sum + bar.x[section], 0);
  assert.deepEqual([total(0), total(1)], [32, 48]);
});
