import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { type QuestionRow, readJson } from "mrl/common";
import {
  type QueryOutcome,
  type Results,
  collectSimilarities,
  compareRanks,
  encodeSets,
  evaluateRetrieval,
  hashTestData,
  rememberVectors,
  shareByStep,
  tabulateMetrics,
  toRowCorpus,
  writeResults,
} from "mrl/evaluation";
import { createTableEncoder } from "./one-hot-encoder";

const rowOf = (chunk: number, id: number, text: string): QuestionRow => ({
  global_chunk_id: chunk,
  question_id: id,
  question: `question ${chunk}-${id}`,
  answer: "",
  page: "index.html",
  text,
});

test("a corpus of rows holds a passage once a question, and all its copies are relevant", () => {
  const all = [rowOf(0, 1, "A"), rowOf(0, 2, "A"), rowOf(1, 1, "B"), rowOf(0, 4, "A")];
  const { queries, corpus, relevant } = toRowCorpus([all[1]], all);
  assert.deepEqual([...queries], [["0-2", "question 0-2"]]);
  assert.deepEqual([...corpus.values()], ["A", "A", "B", "A"]);
  assert.deepEqual([...relevant.get("0-2")!], ["row-000000", "row-000001", "row-000003"]);
});

test("from rank 8 to 1 helps more than from 308 to 301, and from 1 to 2 hurts", () => {
  const outcomes = (ranks: number[]): QueryOutcome[] =>
    ranks.map((rank, i) => ({ query: `q${i}`, rank, top: [], metrics: {} }));
  const changes = compareRanks(outcomes([308, 8, 1]), outcomes([301, 1, 2]));
  assert.deepEqual(
    changes.map(({ query }) => query),
    ["q1", "q0", "q2"],
  );
  assert.deepEqual([changes[0].gain, changes[2].gain], [3, -1]);
  assert.throws(() => compareRanks(outcomes([1, 2]), outcomes([1])), /question 1 is "q1" before/);
});

test("a model with a memory encodes a text once over all calls, and cuts on request", async () => {
  const model = createTableEncoder({ a: [3, 4], b: [0, 1] });
  const memory = rememberVectors(model);
  await memory.encode(["a", "a"]);
  const vectors = await memory.encode(["b", "a"]);
  assert.deepEqual(model.asked, [["a"], ["b"]]);
  assert.deepEqual(
    vectors.map((v) => [...v]),
    [
      [0, 1],
      [3, 4],
    ],
  );
  assert.deepEqual([...(await memory.encode(["a"], { dim: 1 }))[0]], [1]);
  await memory.encode(["a"], { role: "query" });
  assert.deepEqual(model.roles, [undefined, undefined, "query"]);
});

test("sets that were encoded beforehand are only ranked: nothing is encoded twice", async () => {
  const model = createTableEncoder({ q: [1, 0], r: [0, 1], x: [1, 0], y: [0, 1] });
  const corpus = new Map(["x", "y"].map((id) => [id, id]));
  const relevant = new Map(["q", "r"].map((id) => [id, new Set(["x"])]));
  const sets = ["q", "r"].map((id) => ({ queries: new Map([[id, id]]), corpus, relevant }));
  const memory = rememberVectors(model);
  const done: number[] = [];
  await encodeSets(memory, sets, { onProgress: (n, total) => done.push(n, total) });
  assert.deepEqual(model.asked, [
    ["q", "r"],
    ["x", "y"],
  ]);
  assert.deepEqual(model.roles, ["query", "passage"]);
  for (const set of sets) await evaluateRetrieval(memory, set, { dims: [2, 1] });
  assert.equal(model.asked.length, 2);
});

test("cosines are kept apart by relevance, and every pair is in one of the two", async () => {
  const model = createTableEncoder({ q: [1, 0], x: [1, 0], y: [0, 1], z: [0, -1] });
  const set = {
    queries: new Map([["q", "q"]]),
    corpus: new Map(["x", "y", "z"].map((id) => [id, id])),
    relevant: new Map([["q", new Set(["x"])]]),
  };
  assert.deepEqual(await collectSimilarities(model, set, 2), { relevant: [1], irrelevant: [0, 0] });
});

test("shares add up to 1, values past the ends count in the last steps", () => {
  const { middles, shares } = shareByStep([-5, 0.1, 0.6, 9], { from: 0, to: 1, step: 0.5 });
  assert.deepEqual(middles, [0.25, 0.75]);
  assert.deepEqual(shares, [0.5, 0.5]);
});

test("the metric table has a row a metric and a column a dim and model, in that order", () => {
  const base = { "dim_4_cosine_ndcg@10": 0.1, "dim_2_cosine_ndcg@10": 0.2 };
  const tuned = { "dim_4_cosine_ndcg@10": 0.3, "dim_2_cosine_ndcg@10": 0.4 };
  const both = tabulateMetrics({ base, tuned }, [4, 2]);
  assert.deepEqual(both, [
    { metric: "ndcg@10", "4 base": 0.1, "4 tuned": 0.3, "2 base": 0.2, "2 tuned": 0.4 },
  ]);
  assert.deepEqual(Object.keys(both[0]), ["metric", "4 base", "4 tuned", "2 base", "2 tuned"]);
  const [alone] = tabulateMetrics({ base }, [4, 2]);
  assert.deepEqual(Object.keys(alone), ["metric", "dim 4", "dim 2"]);
});

test("the hash of the test data changes with each of its three files, and names one that is missing", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "results-"));
  const files = ["chunks.jsonl", "dataset/seen.jsonl", "dataset/unseen.jsonl"];
  fs.mkdirSync(path.join(folder, "dataset"));
  files.forEach((file) => fs.writeFileSync(path.join(folder, file), "one\n"));
  const hashes = files.map((file) => {
    fs.writeFileSync(path.join(folder, file), "two\n");
    return hashTestData(folder);
  });
  assert.equal(new Set(hashes).size, 3);
  assert.equal(hashTestData(folder), hashes[2]);
  fs.rmSync(path.join(folder, files[0]));
  assert.throws(() => hashTestData(folder), /chunks\.jsonl/);
  fs.rmSync(folder, { recursive: true });
});

test("results keep the figures of the tuned model and of BM25 only while the data are the same", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "results-")), "results.json");
  const part = { queries: { seen: 1, unseen: 1 }, base: { seen: { a: 1 }, unseen: {} } };
  const tuned = { seen: { a: 2 }, unseen: {} };
  const bm25 = { seen: { a: 3 }, unseen: {} };
  writeResults(file, { data: "one", ...part, tuned, bm25 });
  const base = { seen: { a: 1.5 }, unseen: {} };
  writeResults(file, { data: "one", ...part, base });
  assert.deepEqual(readJson<Results>(file), { data: "one", ...part, base, tuned, bm25 });
  writeResults(file, { data: "two", ...part });
  assert.deepEqual(readJson<Results>(file), { data: "two", ...part });
  fs.rmSync(path.dirname(file), { recursive: true });
});
