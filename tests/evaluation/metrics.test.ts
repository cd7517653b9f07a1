import assert from "node:assert/strict";
import { test } from "node:test";
import { averageMetrics, metricNames, ndcg, scoreRanking } from "mrl/evaluation";

const ranked = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

test("one relevant passage at rank 3 gives NDCG 1/log2(4), MRR 1/3 and MAP 1/3", () => {
  const scores = scoreRanking(ranked, new Set(["c"]));
  near(scores["ndcg@10"], 0.5);
  near(scores["mrr@10"], 1 / 3);
  near(scores["map@100"], 1 / 3);
  assert.deepEqual(
    [1, 3, 5, 10].map((k) => scores[`accuracy@${k}`]),
    [0, 1, 1, 1],
  );
  assert.deepEqual(
    [1, 3, 5, 10].map((k) => scores[`precision@${k}`]),
    [0, 1 / 3, 1 / 5, 1 / 10],
  );
});

test("of three relevant passages at ranks 1, 4 and 12, recall@10 counts two and MAP all", () => {
  const scores = scoreRanking(ranked, new Set(["a", "d", "l"]));
  near(scores["recall@1"], 1 / 3);
  near(scores["recall@5"], 2 / 3);
  near(scores["recall@10"], 2 / 3);
  near(scores["precision@5"], 2 / 5);
  // DCG 1 + 1/log2(5); ideal of three: 1 + 1/log2(3) + 1/2
  near(scores["ndcg@10"], (1 + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 0.5));
  near(scores["map@100"], (1 + 2 / 4 + 3 / 12) / 3);
  near(scores["mrr@10"], 1);
});

test("a first hit at rank 11 scores 0 in all but MAP@100", () => {
  const scores = scoreRanking(ranked, new Set(["k"]));
  near(scores["map@100"], 1 / 11);
  const others = metricNames.filter((name) => name !== "map@100");
  assert.deepEqual(
    others.map((name) => scores[name]),
    others.map(() => 0),
  );
});

test("with more relevant passages than k, the ideal holds k of them", () => {
  const relevant = new Set([...ranked, "m", "n"]);
  near(ndcg(ranked, relevant, 3), 1);
  near(scoreRanking(ranked, relevant)["ndcg@10"], 1);
  near(scoreRanking(ranked, relevant)["recall@10"], 10 / 14);
});

test("MAP@100 divides by 100 where more than 100 are relevant", () => {
  const many = Array.from({ length: 150 }, (_, i) => `p${i}`);
  near(scoreRanking(many, new Set(many))["map@100"], 1);
  near(scoreRanking(many.slice(0, 50), new Set(many))["map@100"], 0.5);
});

test("the average of a found and a missed question is one half, under the evaluator's 15 names", () => {
  const found = { metrics: scoreRanking(["a"], new Set(["a"])) };
  const missed = { metrics: scoreRanking(["b"], new Set(["a"])) };
  const mean = averageMetrics([found, missed]);
  assert.equal(metricNames.length, 15);
  assert.deepEqual(Object.keys(mean), [...metricNames]);
  near(mean["ndcg@10"], 0.5);
  near(mean["precision@10"], 0.05);
});
