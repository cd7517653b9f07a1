import assert from "node:assert/strict";
import test from "node:test";
import { countWords, splitChunks } from "mrl/corpus";

const words = (count: number, word = "loom"): string => Array(count).fill(word).join(" ");

test("pages are taken by path, by UTF-16 units, and chunks numbered over all of them", async () => {
  const pages = ["b.html", "a/z.html", "B.html", "a.html"].map((page) => ({
    page,
    text: "one two",
  }));
  const { chunks } = await splitChunks(pages, { chunkChars: 100, overlapChars: 0, minWords: 1 });
  assert.deepEqual(
    chunks.map((chunk) => [chunk.global_chunk_id, chunk.page]),
    [
      [0, "B.html"],
      [1, "a.html"],
      [2, "a/z.html"],
      [3, "b.html"],
    ],
  );
  assert.equal(pages[0].page, "b.html", "the input keeps its order");
});

test("a chunk of minWords words stays, one of a word less is dropped with its count", async () => {
  const pages = [
    { page: "kept.html", text: words(5) },
    { page: "short.html", text: words(4) },
  ];
  const { chunks, dropped } = await splitChunks(pages, {
    chunkChars: 100,
    overlapChars: 0,
    minWords: 5,
  });
  assert.deepEqual(
    chunks.map((chunk) => chunk.page),
    ["kept.html"],
  );
  assert.deepEqual(dropped, [{ page: "short.html", text: words(4), words: 4 }]);
});

test("no chunk is longer than asked, neighbours share at most the overlap, and no word is lost", async () => {
  const text = Array.from(
    { length: 60 },
    (_, i) => `Paragraph ${i} says ${words(i % 17, `w${i}`)}.`,
  ).join("\n\n");
  const options = { chunkChars: 200, overlapChars: 60, minWords: 1 };
  const { chunks, dropped } = await splitChunks([{ page: "p", text }], options);
  assert.ok(chunks.length > 10 && dropped.length === 0);
  const covered = new Set(chunks.flatMap((chunk) => chunk.text.split(/\s+/)));
  for (const word of text.split(/\s+/)) assert.ok(covered.has(word), word);
  chunks.forEach((chunk, i) => {
    assert.ok(chunk.text.length <= 200, `chunk ${i} has ${chunk.text.length} characters`);
    if (i > 0) assert.ok(sharedChars(chunks[i - 1].text, chunk.text) <= 60);
  });
});

test("a page without text gives no chunk", async () => {
  const options = { chunkChars: 100, overlapChars: 0, minWords: 0 };
  assert.deepEqual((await splitChunks([{ page: "p", text: "" }], options)).chunks, []);
});

test("words are runs of characters that are no whitespace", () => {
  assert.equal(countWords(" a-b\tc\n\u00A0d "), 3);
  assert.equal(countWords(""), 0);
});

/** Length of the longest end of `a` that begins `b`. */
function sharedChars(a: string, b: string): number {
  for (let n = Math.min(a.length, b.length); n > 0; n--) if (a.endsWith(b.slice(0, n))) return n;
  return 0;
}
