import { type QuestionRow, createRandom } from "../common/index";

/** What a split by rows alone gives away. */
export interface RowSplitLeak {
  /** Rows drawn for the test. */
  testRows: number;
  /** Test rows whose passage also has a row in training. */
  onKnownPassages: number;
}

/**
 * Draws test rows at random, as a split that knows no passages or pages does, and counts those whose passage
 * training knows from another row.
 * @param share share of the rows that are tested, in 0..1
 */
export function measureRowSplit(
  rows: readonly QuestionRow[],
  share: number,
  seed: number,
): RowSplitLeak {
  const shuffled = createRandom(seed).shuffle(rows);
  const testRows = Math.round(share * rows.length);
  const trained = new Set(shuffled.slice(testRows).map((row) => row.text));
  const onKnownPassages = shuffled.slice(0, testRows).filter((row) => trained.has(row.text)).length;
  return { testRows, onKnownPassages };
}
