import assert from "node:assert/strict";
import test from "node:test";
import { drawChunkLengths, drawPageLengths, drawTokenCounts } from "mrl/corpus";

type Bars = { x: number[]; xbins: { start: number; end: number; size: number } };

test("every chunk is in one of two colours, a chunk of exactly the limit is read whole", () => {
  const [whole, cut] = drawTokenCounts([10, 256, 257, 337], 256).data as Bars[];
  assert.deepEqual(
    [whole.x, cut.x],
    [
      [10, 256],
      [257, 337],
    ],
  );
});

test("the bars of tokens meet at the limit and reach over all counts", () => {
  for (const tokens of [[10], [256], [3, 900], []]) {
    const [{ xbins }] = drawTokenCounts(tokens, 256).data as Bars[];
    assert.ok(Number.isInteger((256.5 - xbins.start) / xbins.size), "the limit is an edge");
    assert.ok(
      tokens.every((n) => n > xbins.start && n < xbins.end),
      `${tokens} in the bars`,
    );
  }
});

test("a page stands in the row of its section", () => {
  const pages = [
    { page: "core/a.html", text: "one two three" },
    { page: "index.html", text: "one" },
  ];
  const [dots] = drawPageLengths(pages, 2).data as { x: number[]; y: string[] }[];
  assert.deepEqual(
    [dots.x, dots.y],
    [
      [3, 1],
      ["core", "(top)"],
    ],
  );
});

test("chunk lengths are counted in characters", () => {
  const [bars] = drawChunkLengths([{ text: "abc" }, { text: "" }], 10).data as Bars[];
  assert.deepEqual(bars.x, [3, 0]);
});
