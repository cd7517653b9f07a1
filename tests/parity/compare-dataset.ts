import * as path from "node:path";
import { readJsonLines } from "mrl/common";
import type { PeerAnswer } from "./peer";
import type { Row } from "./report";

/**
 * Splits whose rows, as `datasets.load_dataset` reads the published folder, are not those of the run's own files.
 * @param run folder of a finished run
 */
export function compareDataset(run: string, found: PeerAnswer["dataset"]): Row {
  const names = ["train", "validation", "seen", "unseen"];
  const wrong = names.filter((name) => {
    const rows = readJsonLines<Record<string, unknown>>(path.join(run, "dataset", `${name}.jsonl`));
    const split = found[name];
    if (split?.rows !== rows.length) return true;
    if (split.columns.sort().join() !== Object.keys(rows[0]).sort().join()) return true;
    return split.columns.some((column) => split.first[column] !== rows[0][column]);
  });
  const rows = names.map((name) => found[name]?.rows);
  const detail = wrong[0] ?? `${rows.join(" + ")} rows in ${names.join(", ")}`;
  return { check: "load_dataset", detail, difference: wrong.length, bound: 0 };
}
