import assert from "node:assert/strict";
import { test } from "node:test";
import { toPairs, toRetrievalSet } from "mrl/dataset";
import { makeChunks, makeRows } from "./toy-rows";

const chunks = makeChunks(3, 1);
/** Chunk 3 on another page repeats the text of chunk 1. */
const twin = { ...chunks[1], global_chunk_id: 3, page: "twin.html" };

test("the corpus holds each text once, under the number of its first chunk", () => {
  const { corpus } = toRetrievalSet([], [...chunks, twin]);
  assert.deepEqual([...corpus.keys()], ["0", "1", "2"]);
  assert.equal(corpus.get("1"), chunks[1].text);
});

test("relevant to a question is the passage with its text, also for a later chunk of the same text", () => {
  const [row] = makeRows([twin]);
  const { queries, relevant } = toRetrievalSet([row], [...chunks, twin]);
  assert.deepEqual([...queries], [["3-1", row.question]]);
  assert.deepEqual([...relevant], [["3-1", new Set(["1"])]]);
});

test("all chunks are ranked, not only those of the rows", () => {
  const set = toRetrievalSet(makeRows([chunks[2]]), chunks);
  assert.deepEqual([set.corpus.size, set.queries.size, set.relevant.size], [3, 4, 4]);
});

test("a row about a text that is no chunk is refused by its number", () => {
  const [row] = makeRows([{ ...chunks[0], text: "changed" }]);
  assert.throws(
    () => toRetrievalSet([row], chunks),
    /^InputError: the text of row 0-1 of page-000\.html is none of the 3 chunks/,
  );
});

test("pairs of equal texts share their chunk number, so that no batch holds a passage twice", () => {
  const pairs = toPairs(makeRows([chunks[0], chunks[1], twin], 1));
  assert.deepEqual(
    pairs.map((pair) => pair.chunkId),
    [0, 1, 1],
  );
  assert.deepEqual(Object.keys(pairs[0]).sort(), ["chunkId", "question", "text"]);
});
