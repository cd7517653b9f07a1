import { InputError } from "../common/index";
import type { QueryOutcome } from "./types";

/** How the place of a question's passage moved from one model to another. */
export interface RankChange {
  /** The question's id. */
  query: string;
  before: number;
  after: number;
  /** log2(before / after): 1 means twice as near to the top, -1 twice as far from it. */
  gain: number;
}

/**
 * Rank of the first relevant passage before and after, the most helped question first.
 *
 * The gain is a ratio: from 8 to 1 helps a reader more than from 308 to 301.
 * @throws InputError when the two do not hold the same questions in the same order
 */
export function compareRanks(
  before: readonly QueryOutcome[],
  after: readonly QueryOutcome[],
): RankChange[] {
  const changes = before.map(({ query, rank }, i) => {
    if (after[i]?.query !== query) {
      throw new InputError(
        `question ${i} is "${query}" before and "${after[i]?.query}" after; compare the same set`,
      );
    }
    return { query, before: rank, after: after[i].rank, gain: Math.log2(rank / after[i].rank) };
  });
  return changes.sort((a, b) => b.gain - a.gain || (a.query < b.query ? -1 : 1));
}
