import * as fs from "node:fs";
import * as path from "node:path";
import { readJson, sha256, sha256File, writeJson } from "../common/index";

/** Metrics of one model on the two test sets: `dim_384_cosine_ndcg@10` → value. */
export interface ModelResults {
  seen: Record<string, number>;
  unseen: Record<string, number>;
}

/** What `results.json` holds. */
export interface Results {
  /** Hash of the data that was measured on: figures on other data are not comparable. */
  data: string;
  /** Number of questions in each test set. */
  queries: { seen: number; unseen: number };
  base: ModelResults;
  /** Missing until the tuned model has been measured on the same data. */
  tuned?: ModelResults;
  /** Of search by shared words, without a dimension in the names: `ndcg@10` → value. */
  bm25?: ModelResults;
}

/**
 * One hash over what is measured on: both test sets and the passages that are ranked.
 * @param workDir the folder that holds `chunks.jsonl` and `dataset/`
 * @throws Error when one of the three files is missing
 */
export function hashTestData(workDir: string): string {
  const files = ["chunks.jsonl", "dataset/seen.jsonl", "dataset/unseen.jsonl"];
  return sha256(files.map((file) => sha256File(path.join(workDir, file))).join());
}

/**
 * Writes the results, whole or not at all. Figures of a tuned model or of BM25 that are in the file and not in
 * `results` stay if they were measured on the same data.
 */
export function writeResults(file: string, results: Results): void {
  const old = fs.existsSync(file) ? readJson<Partial<Results>>(file) : {};
  writeJson(file, old.data === results.data ? { ...old, ...results } : results);
}
