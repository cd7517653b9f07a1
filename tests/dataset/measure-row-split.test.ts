import assert from "node:assert/strict";
import { test } from "node:test";
import { drawSplit, measureRowSplit, splitRows } from "mrl/dataset";
import { makeChunks, makeRows } from "./toy-rows";

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
