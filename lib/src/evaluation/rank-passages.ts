import { throwIfAborted } from "../common/index";
import { buildIndex, scoreBlock, selectTop } from "./passage-index";
import { checkDim } from "./vectors";

/** A passage with its cosine to the query. */
export interface RankedPassage {
  id: string;
  score: number;
}

/** Options of {@link rankPassages}. */
export interface RankOptions {
  /** Passage ids, one a vector. */
  ids: readonly string[];
  /** Compare the first so many numbers of each vector; all of them where missing. */
  dim?: number;
  /** Passages kept for each query; 10 where missing. */
  k?: number;
  /** Queries scored together: each holds a row of as many scores as there are passages. */
  blockSize?: number;
  signal?: AbortSignal;
}

/**
 * The best passages for each query by cosine, best first; equal scores in ascending order of their ids.
 *
 * Besides its input it holds one truncated copy of the passages and `blockSize` rows of scores: 100,000
 * passages of 384 numbers take 170 MB.
 * @returns [queries][min(k, passages)]
 * @throws InputError when a vector is shorter than `dim` or the ids do not fit the passages
 */
export function rankPassages(
  queryVectors: readonly Float32Array[],
  passageVectors: readonly Float32Array[],
  { ids, dim, k = 10, blockSize = 32, signal }: RankOptions,
): RankedPassage[][] {
  const width = dim ?? passageVectors[0]?.length ?? 1;
  const index = buildIndex(passageVectors, ids, width);
  queryVectors.forEach((query) => checkDim(width, query.length));
  const ranked: RankedPassage[][] = [];
  for (let from = 0; from < queryVectors.length; from += blockSize) {
    throwIfAborted(signal);
    for (const scores of scoreBlock(index, queryVectors.slice(from, from + blockSize))) {
      ranked.push(selectTop(scores, k).map((p) => ({ id: index.ids[p], score: scores[p] })));
    }
  }
  return ranked;
}
