import { InputError } from "../common/index";
import { cosine, encodeSet, rankPassages, type Encoder } from "../evaluation/index";
import type { Pair } from "./batches";

export interface HardNegativeOptions {
  /** Hard negatives of a pair, at most. */
  count?: number;
  /** A passage is taken for wrong where its cosine is below this share of that of the pair's own passage. */
  margin?: number;
  /** So many of the best passages are looked at. */
  depth?: number;
}

/**
 * The pairs, each with the passages that `model` ranks highest for its question among those it takes for wrong.
 * Candidates are the passages of the pairs themselves: held-out pages stay unseen.
 *
 * What stands close to the question's own passage in the ranking may well answer it too. So only passages whose
 * cosine is below `margin` times that of the own passage count as wrong (TopK-PercPos of Moreira et al. 2024,
 * section 3, where 0.95 was best). A pair for which none is left gets none.
 * @throws InputError for options out of range, or a vector that is not of finite numbers
 */
export async function mineHardNegatives(
  model: Encoder,
  pairs: readonly Pair[],
  { count = 1, margin = 0.95, depth = 50 }: HardNegativeOptions = {},
): Promise<Pair[]> {
  checkOptions({ count, margin, depth });
  const texts = [...new Set(pairs.map(({ text }) => text))];
  const questions = pairs.map(({ question }) => question);
  const vectors = await encodeSet(model, { query: questions, passage: texts });
  const placeOf = new Map(texts.map((text, place) => [text, place]));
  const ids = texts.map((_, place) => String(place));
  const ranked = rankPassages(vectors.query, vectors.passage, { ids, k: depth });
  return pairs.map((pair, i) => {
    const own = placeOf.get(pair.text)!;
    const likeness = cosine(vectors.query[i], vectors.passage[own]);
    const limit = Math.min(likeness, margin * likeness);
    const wrong = ranked[i].filter(({ id, score }) => Number(id) !== own && score < limit);
    return { ...pair, hardNegatives: wrong.slice(0, count).map(({ id }) => texts[Number(id)]) };
  });
}

function checkOptions(options: Required<HardNegativeOptions>): void {
  const refuse = (name: keyof HardNegativeOptions, allowed: string): never => {
    throw new InputError(`${name} is ${options[name]}; allowed: ${allowed}`);
  };
  for (const name of ["count", "depth"] as const)
    if (!Number.isInteger(options[name]) || options[name] < 1)
      refuse(name, "a whole number from 1");
  if (!(options.margin > 0 && options.margin <= 1)) refuse("margin", "above 0 and up to 1");
}
