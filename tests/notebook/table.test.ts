import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "cheerio";
import { type TableOptions, showTable } from "mrl/notebook";
import { inKernel } from "./fake-kernel";

async function showAndParse(
  rows: Parameters<typeof showTable>[0],
  options?: TableOptions,
): Promise<ReturnType<typeof load>> {
  const [output] = await inKernel(() => showTable(rows, options));
  return load(String(output.data["text/html"]));
}

const texts = ($: ReturnType<typeof load>, selector: string): string[] =>
  $(selector)
    .map((_, cell) => $(cell).text())
    .get();

test("numbers stand to the right with the same decimals, texts to the left", async () => {
  const $ = await showAndParse([
    { dim: 384, score: 0.62234, set: "seen" },
    { dim: 64, score: 1, set: "unseen" },
  ]);
  assert.deepEqual(texts($, "th"), ["dim", "score", "set"]);
  assert.deepEqual(texts($, "td"), ["384", "0.622", "seen", "64", "1.000", "unseen"]);
  const sides = $("tr:last-child td")
    .map((_, cell) => $(cell).attr("align") ?? $(cell).attr("style"))
    .get();
  assert.deepEqual(sides, ["right", "right", "text-align:left"]);
});

test("the number of decimals can be told, and a small number never becomes 0.00", async () => {
  const $ = await showAndParse([{ lr: 2e-5 }, { lr: 0 }, { lr: 12345.678 }], { digits: 2 });
  assert.deepEqual(texts($, "td"), ["0.000020", "0.00", "12,345.68"]);
});

test("what rounding leaves of a zero is written as 0", async () => {
  const $ = await showAndParse([{ x: 1.4e-119 }, { x: -3e-17 }, { x: 1e-12 }, { x: 2 }]);
  assert.deepEqual(texts($, "td"), ["0.000", "0.000", "1.0e-12", "2.000"]);
});

test("what comes from outside is escaped", async () => {
  const attack = `<img src=x onerror="alert('1')">&amp;`;
  const $ = await showAndParse([{ [attack]: attack }], { title: attack });
  assert.equal($("img").length, 0);
  assert.deepEqual([...texts($, "th"), ...texts($, "td")], [attack, attack]);
  assert.equal($("caption").text(), `${attack} (1 row)`);
});

test("rows past the limit are counted, and the title says how many there are", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => ({ i }));
  const $ = await showAndParse(rows, { title: "Chunks", maxRows: 4 });
  assert.equal($("caption").text(), "Chunks (30 rows)");
  assert.deepEqual(texts($, "td"), ["0", "1", "2", "3", "… 26 more"]);
});

test("a missing value is a dash, a long text is cut", async () => {
  const rows = [{ a: 1, b: "x".repeat(20) }, { b: null }];
  const $ = await showAndParse(rows, { maxChars: 5 });
  assert.deepEqual(texts($, "td"), ["1", "xxxxx…", "–", "–"]);
});

test("columns can be chosen and ordered, the index can be shown", async () => {
  const $ = await showAndParse([{ a: 1, b: "y" }], { columns: ["b", "a"], index: true });
  assert.deepEqual(texts($, "th"), ["", "b", "a"]);
  assert.deepEqual(texts($, "td"), ["0", "y", "1"]);
});

test("a column that is not there is named", async () => {
  await assert.rejects(
    inKernel(() => showTable([{ a: 1 }], { columns: ["c"] })),
    /no column "c"; it has a/,
  );
});

test("a data frame is shown with its own index", async () => {
  const frame = {
    columns: ["a", "b"],
    values: [
      [1.5, "x"],
      [2, "y"],
    ],
    index: ["r0", "r1"],
  };
  const $ = await showAndParse(frame, { index: true, digits: 1 });
  assert.deepEqual(texts($, "td"), ["r0", "1.5", "x", "r1", "2.0", "y"]);
});

test("an empty table says so", async () => {
  const $ = await showAndParse([], { title: "Dropped" });
  assert.equal($("caption").text(), "Dropped (0 rows)");
});
