import { InputError, type QuestionRow } from "../common/index";
import { type DatasetSplit, type SetName, setNames } from "./types";

/** The sides that must share neither page nor text; `seen` and `train` are one side. */
type Side = "training" | "validation" | "unseen";

const sideOf: Record<SetName, Side> = {
  train: "training",
  seen: "training",
  validation: "validation",
  unseen: "unseen",
};

/**
 * Refuses a split that would flatter the model.
 * @throws InputError naming the page or the row: a set is empty; a row stands in two sets; a page or a text
 * stands on two sides (training with seen, validation, unseen); a row of seen has no sibling in training,
 * that is no other question on the same text
 */
export function checkSplit(split: DatasetSplit): void {
  for (const name of setNames) {
    if (split[name].length === 0)
      throw new InputError(`the set "${name}" is empty; give more rows`);
  }
  refuseTwice(
    split,
    (row) => `row ${nameRow(row)}`,
    nameRow,
    (set) => set,
  );
  refuseTwice(
    split,
    (row) => `page ${row.page}`,
    (row) => row.page,
    (set) => sideOf[set],
  );
  refuseTwice(
    split,
    (row) => `the text of row ${nameRow(row)}`,
    (row) => row.text,
    (set) => sideOf[set],
  );
  const trained = new Set(split.train.map((row) => row.text));
  const orphan = split.seen.find((row) => !trained.has(row.text));
  if (orphan)
    throw new InputError(
      `row ${nameRow(orphan)} of "seen" has no sibling in training (another question on its passage)`,
    );
}

/** Chunk and question number, and the page. */
export function nameRow({ global_chunk_id, question_id, page }: QuestionRow): string {
  return `${global_chunk_id}-${question_id} of ${page}`;
}

function refuseTwice(
  split: DatasetSplit,
  describe: (row: QuestionRow) => string,
  keyOf: (row: QuestionRow) => string,
  groupOf: (set: SetName) => string,
): void {
  const groups = new Map<string, SetName>();
  for (const name of setNames) {
    for (const row of split[name]) {
      const before = groups.get(keyOf(row));
      if (before !== undefined && groupOf(before) !== groupOf(name))
        throw new InputError(`${describe(row)} is in "${before}" and in "${name}"; split anew`);
      groups.set(keyOf(row), name);
    }
  }
}
