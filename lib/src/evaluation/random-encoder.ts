import { createRandom, sha256 } from "../common/index";
import { evaluateRetrieval } from "./evaluate-retrieval";
import { averageMetrics } from "./metrics";
import type { Encoder, RetrievalSet } from "./types";
import { truncate } from "./vectors";

/**
 * A model that knows nothing: each text gets a direction drawn at random, the same one every time.
 * What it scores is chance, the floor under every other row of a table.
 * @param dim  width of its vectors
 * @param seed another seed gives other directions
 */
export function createRandomEncoder(dim: number, seed: number): Encoder {
  const draw = (text: string): Float32Array => {
    const random = createRandom(seed, parseInt(sha256(text).slice(0, 8), 16) | 0);
    return truncate(
      Float32Array.from({ length: dim }, () => random.normal()),
      dim,
    );
  };
  return { dim, encode: async (texts) => texts.map(draw) };
}

/**
 * What luck alone scores on a set: the mean over several draws of {@link createRandomEncoder}, as a single one can be
 * lucky itself.
 * @param dim width of the random vectors
 * @returns `ndcg@10` → value in 0..1
 */
export async function measureChance(
  set: RetrievalSet,
  dim: number,
  draws: number = 20,
): Promise<Record<string, number>> {
  const outcomes = [];
  for (let seed = 1; seed <= draws; seed++) {
    const result = await evaluateRetrieval(createRandomEncoder(dim, seed), set, { dims: [dim] });
    outcomes.push(result.perQuery[dim]);
  }
  return averageMetrics(outcomes.flat());
}
