/** Depths at which accuracy, precision and recall are taken. */
const DEPTHS = [1, 3, 5, 10];

/** Names of the metrics of a ranking, in the order of Python's evaluator. */
export const metricNames: readonly string[] = [
  ...["accuracy", "precision", "recall"].flatMap((name) => DEPTHS.map((k) => `${name}@${k}`)),
  "ndcg@10",
  "mrr@10",
  "map@100",
];

/**
 * Every metric of one question's ranking, under the names of {@link metricNames}.
 *
 * accuracy@k is 1 when a relevant passage is among the first k; precision@k and recall@k divide the relevant
 * ones found there by k and by all relevant ones; mrr@10 is 1 / rank of the first one, 0 below rank 10.
 * @param ranked   passage ids, best first, each once, at least 100 where the corpus has them
 * @param relevant ids of the relevant passages, at least one
 */
export function scoreRanking(
  ranked: readonly string[],
  relevant: ReadonlySet<string>,
): Record<string, number> {
  const hits = ranked.slice(0, 100).map((id) => relevant.has(id));
  const first = hits.indexOf(true);
  const scores: Record<string, number> = {};
  for (const k of DEPTHS) {
    const found = hits.slice(0, k).filter(Boolean).length;
    scores[`accuracy@${k}`] = found > 0 ? 1 : 0;
    scores[`precision@${k}`] = found / k;
    scores[`recall@${k}`] = found / relevant.size;
  }
  scores["ndcg@10"] = ndcg(ranked, relevant, 10);
  scores["mrr@10"] = first >= 0 && first < 10 ? 1 / (first + 1) : 0;
  scores["map@100"] = averagePrecision(hits, relevant.size, 100);
  return scores;
}

/**
 * Normalised discounted cumulative gain: a relevant passage at rank r is worth 1 / log2(r + 1), and the sum
 * over the first k is divided by the best possible one, min(relevant, k) relevant passages at the top.
 *
 * Source: Järvelin & Kekäläinen 2002, with gains of 0 and 1.
 * @param relevant at least one id
 * @returns 0..1
 */
export function ndcg(
  ranked: readonly string[],
  relevant: ReadonlySet<string>,
  k: number = 10,
): number {
  let gained = 0;
  ranked.slice(0, k).forEach((id, i) => (gained += relevant.has(id) ? discount(i) : 0));
  let best = 0;
  for (let i = 0; i < Math.min(relevant.size, k); i++) best += discount(i);
  return gained / best;
}

/** Mean over the questions of each metric that {@link scoreRanking} gave them. */
export function averageMetrics(
  perQuery: readonly { metrics: Record<string, number> }[],
): Record<string, number> {
  const mean = (name: string): number =>
    perQuery.reduce((sum, { metrics }) => sum + metrics[name], 0) / perQuery.length;
  return Object.fromEntries(metricNames.map((name) => [name, mean(name)]));
}

/** Mean, over the relevant passages, of the precision at their ranks; those past rank k count 0. */
function averagePrecision(hits: boolean[], relevantCount: number, k: number): number {
  let found = 0;
  let sum = 0;
  hits.slice(0, k).forEach((hit, i) => (sum += hit ? ++found / (i + 1) : 0));
  return sum / Math.min(relevantCount, k);
}

function discount(place: number): number {
  return 1 / Math.log2(place + 2);
}
