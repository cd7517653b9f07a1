import { type DatasetSplit, type SetName, setNames } from "./types";

/** Size of one set. */
export interface SetSize {
  set: SetName;
  pages: number;
  /** Distinct passages. */
  chunks: number;
  rows: number;
}

/** Pages, passages and rows of each set, as a table's rows. */
export function countSets(split: DatasetSplit): SetSize[] {
  return setNames.map((set) => ({
    set,
    pages: new Set(split[set].map((row) => row.page)).size,
    chunks: new Set(split[set].map((row) => row.text)).size,
    rows: split[set].length,
  }));
}
