import assert from "node:assert/strict";
import test from "node:test";
import { drawCrawlTree } from "mrl/corpus";

type Trace = { name?: string; x: (number | null)[]; y: (number | null)[]; text: string[] };
const traces = (pages: string[]): Trace[] =>
  drawCrawlTree(pages.map((page) => ({ page, text: "one two" }))).data as Trace[];

test("pages take the rows in the order of their paths, a folder the middle of its pages", () => {
  const [, folders, leaves] = traces(["index.html", "core/b.html", "core/a.html"]);
  assert.deepEqual(leaves.text, [
    "core/a.html, 2 words",
    "core/b.html, 2 words",
    "index.html, 2 words",
  ]);
  assert.deepEqual(
    [leaves.x, leaves.y],
    [
      [2, 2, 1],
      [0, 1, 2],
    ],
  );
  // rows 0, 1, 2 lie under the start; rows 0, 1 under core/
  assert.deepEqual(folders.text, ["start (3)", "core/ (2)"]);
  assert.deepEqual(
    [folders.x, folders.y],
    [
      [0, 1],
      [1, 0.5],
    ],
  );
});

test("every folder and page but the start hangs on the folder that holds it", () => {
  const [branches] = traces(["a/b/c.html", "d.html"]);
  // start → a/, a/ → a/b/, a/b/ → c.html, start → d.html; null lifts the pen
  assert.deepEqual(branches.x, [0, 1, null, 1, 2, null, 2, 3, null, 0, 1, null]);
});
