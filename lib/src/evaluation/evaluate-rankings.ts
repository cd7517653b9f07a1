import { askableQueries } from "./check-set";
import { averageMetrics, scoreRanking } from "./metrics";
import type { RetrievalSet } from "./types";

/** The result of {@link evaluateRankings}. */
export interface RankingResult {
  /** `ndcg@10` → value in 0..1. */
  metrics: Record<string, number>;
  /** One entry for each question that has a relevant passage, in the set's order. */
  perQuery: { query: string; metrics: Record<string, number> }[];
}

/**
 * The metrics of rankings that did not come from vectors, such as {@link rankByBm25}'s.
 * @param rankings question id → passage ids, best first; a question without one scores 0
 * @throws InputError on an empty set or a relevant id that the corpus lacks
 */
export function evaluateRankings(
  rankings: ReadonlyMap<string, readonly string[]>,
  set: RetrievalSet,
): RankingResult {
  const perQuery = askableQueries(set).map((query) => ({
    query,
    metrics: scoreRanking(rankings.get(query) ?? [], set.relevant.get(query)!),
  }));
  return { metrics: averageMetrics(perQuery), perQuery };
}
