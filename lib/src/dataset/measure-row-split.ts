import type { QuestionRow } from "../common/index";
import { splitRowsAtRandom } from "./split-rows-at-random";

/** What a split by rows alone gives away. */
export interface RowSplitLeak {
  /** Rows drawn for the test. */
  testRows: number;
  /** Test rows whose passage also has a row in training. */
  onKnownPassages: number;
}

/**
 * Counts the test rows of {@link splitRowsAtRandom} whose passage training knows from another row.
 * @param share share of the rows that are tested, in 0..1
 */
export function measureRowSplit(
  rows: readonly QuestionRow[],
  share: number,
  seed: number,
): RowSplitLeak {
  const { train, test } = splitRowsAtRandom(rows, share, seed);
  const trained = new Set(train.map((row) => row.text));
  const onKnownPassages = test.filter((row) => trained.has(row.text)).length;
  return { testRows: test.length, onKnownPassages };
}
