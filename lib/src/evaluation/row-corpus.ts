import type { QuestionRow } from "../common/index";
import type { RetrievalSet } from "./types";

/**
 * The test set as the reproduced work built it: the corpus is the list of rows, so a passage stands in it once
 * for each question it has, and relevant is every row with the question's own passage.
 *
 * The copies of one passage get one score. A model that finds the passage finds all of them together, and one
 * that ranks a wrong passage first loses as many places as that one has copies.
 * @param rows    the rows whose questions are asked
 * @param allRows every row of the dataset, test rows included
 */
export function toRowCorpus(
  rows: readonly QuestionRow[],
  allRows: readonly QuestionRow[],
): RetrievalSet {
  const ids = allRows.map((_, i) => `row-${String(i).padStart(6, "0")}`);
  const copies = new Map<string, Set<string>>();
  allRows.forEach(({ text }, i) => copies.set(text, (copies.get(text) ?? new Set()).add(ids[i])));
  const keys = rows.map((row) => `${row.global_chunk_id}-${row.question_id}`);
  return {
    queries: new Map(rows.map((row, i) => [keys[i], row.question])),
    corpus: new Map(allRows.map((row, i) => [ids[i], row.text])),
    relevant: new Map(rows.map((row, i) => [keys[i], copies.get(row.text) ?? new Set<string>()])),
  };
}
