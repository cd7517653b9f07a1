import MiniSearch from "minisearch";
import type { RetrievalSet } from "./types";

/**
 * Ranks the passages for each question by the words they share (BM25, k1 = 1.2, b = 0.75): the classic that
 * every embedding model should beat. Words are lower-cased and split at spaces and punctuation; there is no
 * stemming and no list of stop words. Equal scores stand in ascending order of their ids.
 *
 * The index is MiniSearch's, which measures a passage by its distinct words.
 *
 * Source: Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond.
 * @param k passages kept for each question; fewer where fewer share a word
 * @returns question id → passage ids, best first
 */
export function rankByBm25(
  { queries, corpus }: RetrievalSet,
  k: number = 100,
): Map<string, string[]> {
  const index = new MiniSearch<{ id: string; text: string }>({ fields: ["text"] });
  index.addAll([...corpus].map(([id, text]) => ({ id, text })));
  const rank = (question: string): string[] => {
    const found = index.search(question, { bm25: { k: 1.2, b: 0.75, d: 0 } });
    // MiniSearch multiplies the sum by the number of question words found; dividing gives BM25 itself.
    const scored = found.map(({ id, score, queryTerms }) => ({
      id: id as string,
      score: score / queryTerms.length,
    }));
    scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    return scored.slice(0, k).map(({ id }) => id);
  };
  return new Map([...queries].map(([id, question]) => [id, rank(question)]));
}
