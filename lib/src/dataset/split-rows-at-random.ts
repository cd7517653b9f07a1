import { type QuestionRow, createRandom } from "../common/index";

/** Rows apart, without a look at their passages or pages. */
export interface RandomSplit {
  train: QuestionRow[];
  test: QuestionRow[];
}

/**
 * Draws test rows at random, as the reproduced work did. Rows of one passage come to stand on both sides;
 * {@link measureRowSplit} counts them, and {@link splitRows} is the split without that leak.
 * @param share share of the rows that are tested, in 0..1; rounded to whole rows
 * @param seed  the same seed draws the same rows from the same list
 */
export function splitRowsAtRandom(
  rows: readonly QuestionRow[],
  share: number,
  seed: number,
): RandomSplit {
  const shuffled = createRandom(seed).shuffle(rows);
  const testRows = Math.round(share * rows.length);
  return { train: shuffled.slice(testRows), test: shuffled.slice(0, testRows) };
}
