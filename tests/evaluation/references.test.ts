import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type RetrievalSet,
  createRandomEncoder,
  evaluateRankings,
  evaluateRetrieval,
  measureChance,
  rankByBm25,
} from "mrl/evaluation";

function setOf(queries: Record<string, string>, corpus: Record<string, string>): RetrievalSet {
  return {
    queries: new Map(Object.entries(queries)),
    corpus: new Map(Object.entries(corpus)),
    relevant: new Map(),
  };
}

test("BM25 prefers the rare word, the repeated word and the shorter passage", () => {
  const set = setOf(
    { rare: "the loom", repeated: "shuttle", short: "warp" },
    {
      a: "the warp and the weft",
      b: "the loom",
      c: "shuttle shuttle and thread",
      d: "shuttle and the thread",
      e: "warp with many other words around it here",
    },
  );
  const ranked = rankByBm25(set);
  assert.equal(ranked.get("rare")![0], "b");
  assert.deepEqual(ranked.get("repeated"), ["c", "d"]);
  assert.deepEqual(ranked.get("short"), ["a", "e"]);
});

test("one rare word outweighs two common ones, as the sum over the words says", () => {
  // 21 passages of 4 distinct words; "x" and "y" stand in 20, "z" in 1. idf = ln(1 + (21 - n + 0.5) / (n + 0.5)):
  // n = 20: 0.0706 each, n = 1: 2.688. Times the number of words found the two would still lose: 0.28 < 2.69.
  const corpus = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`p${i}`, `x y w${i} v${i}`]),
  );
  const ranked = rankByBm25(setOf({ q: "x y z" }, { ...corpus, rare: "z a b c" }));
  assert.equal(ranked.get("q")![0], "rare");
});

test("a passage with two half-rare words loses to one rarer word that outweighs their sum", () => {
  // 10 passages of 2 distinct words, all of one length. "x" and "y" stand in 4 each, "z" in 1.
  // idf(4) = ln(1 + 6.5 / 4.5) = 0.894, idf(1) = ln(1 + 9.5 / 1.5) = 1.992: 1.788 < 1.992.
  // Multiplied by the words found, as MiniSearch does, the sum would win: 3.58 > 1.99.
  const texts = ["x y", "x a", "x b", "x c", "y d", "y e", "y f", "z g", "h i", "j k"];
  const corpus = Object.fromEntries(texts.map((text, i) => [`p${i}`, text]));
  const ranked = rankByBm25(setOf({ q: "x y z" }, corpus));
  assert.deepEqual(ranked.get("q")!.slice(0, 2), ["p7", "p0"]);
});

test("equal BM25 scores stand in the order of the ids, and at most k are kept", () => {
  const set = setOf({ q: "loom", none: "absent" }, { c: "loom", a: "loom", b: "loom" });
  assert.deepEqual(rankByBm25(set, 2).get("q"), ["a", "b"]);
  assert.deepEqual(rankByBm25(set).get("none"), []);
});

test("rankings are scored like vectors are, and a question without a ranking scores 0", () => {
  const set = setOf({ q: "?", r: "?" }, { a: "a", b: "b" });
  set.relevant = new Map([
    ["q", new Set(["b"])],
    ["r", new Set(["a"])],
  ]);
  const { metrics, perQuery } = evaluateRankings(new Map([["q", ["a", "b"]]]), set);
  assert.equal(metrics["mrr@10"], 0.25);
  assert.deepEqual(
    perQuery.map(({ query, metrics: own }) => [query, own["accuracy@3"]]),
    [
      ["q", 1],
      ["r", 0],
    ],
  );
});

test("random vectors are unit length, the same for the same text and seed, and find nothing", async () => {
  const model = createRandomEncoder(32, 9);
  const [a, b] = await model.encode(["one", "two"]);
  assert.deepEqual((await model.encode(["two", "one"]))[1], a);
  assert.notDeepEqual((await createRandomEncoder(32, 10).encode(["one"]))[0], a);
  assert.ok(Math.abs(a.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5);
  assert.ok(Math.abs(a.reduce((sum, x, i) => sum + x * b[i], 0)) < 0.6);
  const ids = Array.from({ length: 200 }, (_, i) => `p${i}`);
  const set: RetrievalSet = {
    queries: new Map(ids.map((id) => [id, `question ${id}`])),
    corpus: new Map(ids.map((id) => [id, `passage ${id}`])),
    relevant: new Map(ids.map((id) => [id, new Set([id])])),
  };
  const { metrics } = await evaluateRetrieval(model, set, { dims: [32] });
  // 10 of 200 places: 0.05 expected, standard error 0.015
  assert.ok(Math.abs(metrics["dim_32_cosine_accuracy@10"] - 0.05) < 0.05);
  // The sum of 1 / log2(rank + 1) over 10 of 200 ranks is 0.0227; over twenty draws the standard error is 0.0017.
  const chance = await measureChance(set, 32);
  assert.ok(Math.abs(chance["ndcg@10"] - 4.5436 / 200) < 0.005);
});
