import { askableQueries } from "./check-set";
import { encodeSet } from "./encode-set";
import { buildIndex, scoreBlock } from "./passage-index";
import type { Encoder, RetrievalSet } from "./types";

/** Cosines of all question-passage pairs of a set, apart by relevance. */
export interface Similarities {
  relevant: number[];
  irrelevant: number[];
}

/**
 * The cosines that a model gives to the relevant and to all other pairs of a set.
 * @throws InputError on an empty set, or a dim above the model's
 */
export async function collectSimilarities(
  model: Encoder,
  set: RetrievalSet,
  dim: number,
): Promise<Similarities> {
  const asked = askableQueries(set);
  const texts = {
    query: asked.map((id) => set.queries.get(id)!),
    passage: [...set.corpus.values()],
  };
  const vectors = await encodeSet(model, texts, {});
  const index = buildIndex(vectors.passage, [...set.corpus.keys()], dim);
  const found: Similarities = { relevant: [], irrelevant: [] };
  asked.forEach((id, i) => {
    const [scores] = scoreBlock(index, [vectors.query[i]]);
    const relevant = set.relevant.get(id)!;
    scores.forEach((score, place) =>
      found[relevant.has(index.ids[place]) ? "relevant" : "irrelevant"].push(score),
    );
  });
  return found;
}

/**
 * A histogram as a line: what share of the values falls into each step of a scale.
 * @returns the middle of each step, and the share (0..1) of all values in it
 */
export function shareByStep(
  values: readonly number[],
  { from, to, step }: { from: number; to: number; step: number },
): { middles: number[]; shares: number[] } {
  const steps = Math.round((to - from) / step);
  const shares = new Array<number>(steps).fill(0);
  for (const value of values) {
    const place = Math.floor((value - from) / step);
    shares[Math.min(Math.max(place, 0), steps - 1)] += 1 / values.length;
  }
  return { middles: shares.map((_, i) => from + (i + 0.5) * step), shares };
}
