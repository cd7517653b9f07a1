import * as path from "node:path";
import {
  InputError,
  type QuestionRow,
  readJsonLines,
  writeFileAtomic,
  writeJsonLines,
} from "../common/index";
import { checkSplit } from "./check-split";
import { type CardInfo, renderDatasetCard } from "./dataset-card";
import { columns, toParquet } from "./parquet";
import { type DatasetSplit, setNames } from "./types";

/**
 * Writes each set as JSON Lines and Parquet, and a dataset card as `README.md`, so that Python's
 * `datasets.load_dataset(folder)` finds the four sets. Refuses a split that {@link checkSplit} refuses,
 * before anything is written; each file is written whole or not at all.
 * @throws InputError naming what is wrong with the split or a row
 */
export function writeDataset(folder: string, split: DatasetSplit, info: CardInfo): void {
  checkSplit(split);
  for (const name of setNames) split[name].forEach((row, index) => checkRow(row, name, index));
  for (const name of setNames) {
    const rows = split[name].map(inColumnOrder);
    writeJsonLines(path.join(folder, `${name}.jsonl`), rows);
    writeFileAtomic(path.join(folder, `${name}.parquet`), toParquet(rows));
  }
  writeFileAtomic(path.join(folder, "README.md"), renderDatasetCard(split, info));
}

/**
 * Reads the four sets that {@link writeDataset} wrote, and checks them again.
 * @throws InputError naming the missing file, the broken row or the page on two sides
 */
export function readDataset(folder: string): DatasetSplit {
  const split: DatasetSplit = { train: [], validation: [], seen: [], unseen: [] };
  for (const name of setNames) {
    const file = path.join(folder, `${name}.jsonl`);
    split[name] = readJsonLines<QuestionRow>(file, "notebook 04");
    split[name].forEach((row, index) => checkRow(row, file, index));
  }
  checkSplit(split);
  return split;
}

function checkRow(row: QuestionRow, file: string, index: number): void {
  for (const { name, type } of columns) {
    const value: unknown = (row as Partial<QuestionRow> | null)?.[name];
    const fits = type === "INT64" ? Number.isSafeInteger(value) : typeof value === "string";
    if (!fits)
      throw new InputError(
        `${file}, row ${index + 1}: ${name} is ${JSON.stringify(value)}, not ` +
          `${type === "INT64" ? "a whole number" : "a text"}; run notebook 04 again`,
      );
  }
}

function inColumnOrder(row: QuestionRow): QuestionRow {
  const { global_chunk_id, text, question_id, question, answer, page } = row;
  return { global_chunk_id, text, question_id, question, answer, page };
}
