import { InputError } from "../common/index";
import { type RankOptions, type RankedPassage, rankPassages } from "./rank-passages";

/** Options of {@link rankInTwoSteps}. */
export interface TwoStepOptions extends Omit<RankOptions, "dim"> {
  /** Numbers of each vector that the first step compares. */
  firstDim: number;
  /** Passages that the first step keeps for each query; 100 where missing. */
  candidates?: number;
}

/**
 * The best passages for each query, found in two steps: a short vector's cosine with every passage chooses
 * candidates, the whole vector's cosine ranks these. It is {@link rankPassages} by whole vectors for whatever
 * passages the first step kept, at little more than the short vectors' cost.
 *
 * Source: Kusupati et al. 2022, Matryoshka Representation Learning, section 4.3.1 (adaptive retrieval).
 * @returns [queries][min(k, candidates, passages)]
 * @throws InputError when there are fewer candidates than `k`, a vector is shorter than `firstDim`, or the ids
 *   do not fit the passages
 */
export function rankInTwoSteps(
  queryVectors: readonly Float32Array[],
  passageVectors: readonly Float32Array[],
  { ids, firstDim, candidates = 100, k = 10, blockSize, signal }: TwoStepOptions,
): RankedPassage[][] {
  if (!Number.isInteger(candidates) || candidates < k) {
    throw new InputError(`candidates is ${candidates}; allowed: a whole number from k = ${k}`);
  }
  const first = { ids, dim: firstDim, k: candidates, blockSize, signal };
  const vectorOf = new Map(ids.map((id, i) => [id, passageVectors[i]]));
  return rankPassages(queryVectors, passageVectors, first).map((near, i) => {
    const kept = near.map(({ id }) => id);
    const vectors = kept.map((id) => vectorOf.get(id)!);
    return rankPassages([queryVectors[i]], vectors, { ids: kept, k })[0];
  });
}
