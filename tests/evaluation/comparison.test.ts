import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Comparison,
  type RetrievalResult,
  bootstrapMetric,
  compareMetric,
  describeGain,
  drawByDim,
  drawGains,
} from "mrl/evaluation";

/** A result whose questions score as given at dim 2, under one metric. */
function resultOf(scores: number[]): RetrievalResult {
  const outcomes = scores.map((score, i) => ({
    query: `q${i}`,
    rank: 1,
    top: [],
    metrics: { "ndcg@10": score },
  }));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const metrics = { "dim_2_cosine_ndcg@10": mean };
  return { metrics, perQuery: { 2: outcomes }, evaluated: scores.length, skipped: 0 };
}

const comparison: Comparison = { base: resultOf([0, 0.5, 0.5]), tuned: resultOf([0.25, 0.75, 1]) };
const ndcg = { dim: 2, metric: "ndcg@10" };

test("a metric of two models comes with the gain from the first to the second", () => {
  const [pair] = compareMetric(comparison, [2], "ndcg@10");
  assert.equal(pair.base, 1 / 3);
  assert.equal(pair.tuned, 2 / 3);
  assert.equal(pair.gain, 1 / 3);
});

test("the bootstrap of a comparison takes each question's own score and cluster", () => {
  const result = bootstrapMetric(comparison, ndcg, (query) => query, { seed: 1 });
  assert.deepEqual([result.n, result.clusters], [3, 3]);
  assert.deepEqual([result.gain.low, result.gain.high], [0.25, 0.5]);
  const oneCluster = bootstrapMetric(comparison, ndcg, () => "page", { seed: 1 });
  assert.equal(oneCluster.clusters, 1);
});

test("a gain is called better or worse only where its interval leaves out 0 and six clusters or more were drawn from", () => {
  const verdictOf = (of: Comparison, cluster?: string): string => {
    const clusterOf = (query: string): string => cluster ?? query;
    return describeGain(bootstrapMetric(of, ndcg, clusterOf, { seed: 1 })).verdict;
  };
  const [base, tuned] = [
    resultOf([0, 0.5, 0.5, 0, 0.5, 0.5]),
    resultOf([0.25, 0.75, 1, 0.25, 0.75, 1]),
  ];
  assert.equal(verdictOf({ base, tuned }), "better");
  assert.equal(verdictOf({ base: tuned, tuned: base }), "worse");
  assert.equal(verdictOf({ base, tuned }, "one page"), "could be chance");
  assert.equal(verdictOf({ base, tuned: base }), "could be chance");
  assert.equal(verdictOf(comparison), "could be chance", "three clusters are too few");
});

test("the figure by dim has a line for each model in each view, the legend once", () => {
  const { data } = drawByDim({ unseen: comparison, seen: comparison }, [2]);
  const lines = data as { name: string; y: number[]; showlegend: boolean; xaxis: string }[];
  assert.deepEqual(
    lines.map(({ name, xaxis, showlegend }) => [name, xaxis, showlegend]),
    [
      ["base", "x", true],
      ["tuned", "x", true],
      ["base", "x2", false],
      ["tuned", "x2", false],
    ],
  );
  assert.deepEqual(lines[1].y, [2 / 3]);
});

test("a bar's whiskers reach from its gain to the interval's ends", () => {
  const gain = bootstrapMetric(comparison, ndcg, (query) => query, { seed: 1 });
  const { data } = drawGains([{ view: "unseen", dim: 2, ...gain }], "NDCG@10");
  const [bar] = data as { y: number[]; error_y: { array: number[]; arrayminus: number[] } }[];
  assert.ok(Math.abs(bar.y[0] + bar.error_y.array[0] - 0.5) < 1e-12);
  assert.ok(Math.abs(bar.y[0] - bar.error_y.arrayminus[0] - 0.25) < 1e-12);
});

test("given intervals, the figure by dim says so and has a whisker for each model", () => {
  const interval = bootstrapMetric(comparison, ndcg, (query) => query, { seed: 1 });
  const { data, layout } = drawByDim(
    { unseen: comparison },
    [2],
    [{ view: "unseen", dim: 2, ...interval }],
  );
  assert.match(String(layout.title), /with 95 % intervals$/);
  const lines = data as { y: number[]; error_y: { array: number[]; arrayminus: number[] } }[];
  // one question scores 0.25 and one 1 with the tuned model: the outermost draws are all of one question
  const [, tuned] = lines;
  assert.ok(Math.abs(tuned.y[0] + tuned.error_y.array[0] - 1) < 1e-12);
  assert.ok(Math.abs(tuned.y[0] - tuned.error_y.arrayminus[0] - 0.25) < 1e-12);
  const [plain] = drawByDim({ unseen: comparison }, [2]).data;
  assert.ok(!("error_y" in plain));
});
