import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "mrl/common";
import { type RetrievalSet, evaluateRetrieval } from "mrl/evaluation";
import { createTableEncoder, oneHot } from "./one-hot-encoder";

/** Questions and passages by name; the text of each is its id. */
function setOf(relevant: Record<string, string[]>, corpus: string[]): RetrievalSet {
  const ids = Object.keys(relevant);
  return {
    queries: new Map(ids.map((id) => [id, id])),
    corpus: new Map(corpus.map((id) => [id, id])),
    relevant: new Map(ids.map((id) => [id, new Set(relevant[id])])),
  };
}

const axes = { x: oneHot(0, 3), y: oneHot(1, 3), z: oneHot(2, 3) };

test("a question along one axis finds the passage on that axis first", async () => {
  const model = createTableEncoder({ q: axes.y, ...axes });
  const set = setOf({ q: ["y"] }, ["x", "y", "z"]);
  const { metrics, perQuery, evaluated } = await evaluateRetrieval(model, set, { dims: [3] });
  assert.equal(metrics["dim_3_cosine_ndcg@10"], 1);
  assert.equal(metrics["dim_3_cosine_precision@3"], 1 / 3);
  assert.equal(evaluated, 1);
  // x and z both have cosine 0 and stand in the order of their ids
  assert.deepEqual(perQuery[3][0].top, ["y", "x", "z"]);
  assert.equal(perQuery[3][0].rank, 1);
});

test("equal scores stand in ascending string order of the ids, wherever the corpus has them", async () => {
  const model = createTableEncoder({
    q: axes.x,
    "10": axes.x,
    "9": axes.x,
    "2": axes.x,
    B: axes.y,
  });
  const set = setOf({ q: ["2"] }, ["9", "B", "2", "10"]);
  const { perQuery, metrics } = await evaluateRetrieval(model, set, { dims: [3] });
  assert.deepEqual(perQuery[3][0].top, ["10", "2", "9", "B"]);
  assert.equal(metrics["dim_3_cosine_mrr@10"], 1 / 2);
});

test("a shorter vector is the first numbers renormalised: the winner may change with the dim", async () => {
  // Full: q·far = 0.6·0.6 + 0.8·0.8 = 1, q·near = 0.6. Cut to one number both are 1: a tie, ids decide.
  const model = createTableEncoder({ q: [0.6, 0.8], far: [0.6, 0.8], a: [1, 0] });
  const set = setOf({ q: ["far"] }, ["far", "a"]);
  const { metrics } = await evaluateRetrieval(model, set, { dims: [2, 1] });
  assert.equal(metrics["dim_2_cosine_accuracy@1"], 1);
  assert.equal(metrics["dim_1_cosine_accuracy@1"], 0);
  assert.equal(metrics["dim_1_cosine_mrr@10"], 1 / 2);
});

test("unequal lengths do not matter: the score is the cosine", async () => {
  const model = createTableEncoder({ q: [1, 0], long: [3, 4], short: [0.9, 0.1] });
  const set = setOf({ q: ["short"] }, ["long", "short"]);
  const { metrics } = await evaluateRetrieval(model, set, { dims: [2] });
  assert.equal(metrics["dim_2_cosine_accuracy@1"], 1);
});

test("questions with nothing relevant are left out of every mean and reported", async () => {
  const model = createTableEncoder({ q: axes.x, lost: axes.y, ...axes });
  const set = setOf({ q: ["x"], lost: [] }, ["x", "y", "z"]);
  set.queries.set("unknown", "lost");
  const { metrics, evaluated, skipped } = await evaluateRetrieval(model, set, { dims: [3] });
  assert.deepEqual([evaluated, skipped], [1, 2]);
  assert.equal(metrics["dim_3_cosine_accuracy@1"], 1);
});

test("the rank is that in the whole corpus, below the hundred that are kept too", async () => {
  const model = createTableEncoder({ q: axes.x, near: axes.x, far: axes.y });
  const ids = Array.from({ length: 250 }, (_, i) => `p${String(i).padStart(3, "0")}`);
  const set: RetrievalSet = {
    queries: new Map([["q", "q"]]),
    corpus: new Map(ids.map((id, i) => [id, i < 200 ? "near" : "far"])),
    // of the two the later one ties with 50 others at cosine 0: 200 nearer ones and p200 … p239 stand before it
    relevant: new Map([["q", new Set(["p240", "p249"])]]),
  };
  const { perQuery, metrics } = await evaluateRetrieval(model, set, { dims: [3] });
  assert.equal(perQuery[3][0].rank, 241);
  assert.equal(perQuery[3][0].top.length, 100);
  assert.equal(metrics["dim_3_cosine_map@100"], 0);
});

test("every block size gives the same result", async () => {
  const names = Array.from({ length: 11 }, (_, i) => `n${i}`);
  const table = Object.fromEntries(
    names.map((name, i) => [name, [Math.cos(i * i), Math.sin(i * i)]]),
  );
  const set = setOf(
    Object.fromEntries(names.map((name, i) => [name, [names[(i * 7) % 11]]])),
    names,
  );
  const run = (blockSize: number) =>
    evaluateRetrieval(createTableEncoder(table), set, { dims: [2, 1], blockSize });
  const whole = await run(100);
  assert.ok(whole.metrics["dim_2_cosine_map@100"] > 0);
  for (const blockSize of [1, 3, 4, 10]) assert.deepEqual(await run(blockSize), whole);
});

test("each distinct question and passage is encoded once, in its role, with the whole progress told", async () => {
  const model = createTableEncoder({ q: axes.x, ...axes });
  const set = setOf({ q: ["a"] }, ["a", "b", "c"]);
  set.corpus = new Map(["a", "b", "c"].map((id) => [id, "x"]));
  const told: number[][] = [];
  await evaluateRetrieval(model, set, { dims: [3, 2], onProgress: (...at) => told.push(at) });
  assert.deepEqual(model.asked, [["q"], ["x"]]);
  assert.deepEqual(model.roles, ["query", "passage"]);
  assert.deepEqual(told, [
    [1, 2],
    [2, 2],
  ]);
});

test("an aborted signal stops it between blocks", async () => {
  const model = createTableEncoder({ q: axes.x, ...axes });
  const set = setOf({ q: ["x"] }, ["x"]);
  const signal = AbortSignal.abort(new Error("stopped by hand"));
  await assert.rejects(evaluateRetrieval(model, set, { dims: [3], signal }), /stopped by hand/);
});

test("what cannot be measured is refused with its name and the way out", async () => {
  const model = createTableEncoder({ q: axes.x, nan: [NaN, 0, 0], ...axes });
  const good = setOf({ q: ["x"] }, ["x"]);
  const cases: [RetrievalSet, number[], RegExp][] = [
    [setOf({}, ["x"]), [3], /0 questions/],
    [setOf({ q: ["x"] }, []), [3], /0 passages/],
    [setOf({ q: [] }, ["x"]), [3], /none of the 1 questions/],
    [setOf({ q: ["w"] }, ["x"]), [3], /passage "w" is relevant to question "q"/],
    [setOf({ q: ["nan"] }, ["nan"]), [3], /"nan": it holds NaN/],
    [good, [], /dims is empty/],
    [good, [4], /dim is 4; allowed: a whole number from 1 to 3/],
    [good, [0], /dim is 0/],
    [good, [1.5], /dim is 1.5/],
  ];
  for (const [set, dims, message] of cases) {
    await assert.rejects(evaluateRetrieval(model, set, { dims }), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
});
