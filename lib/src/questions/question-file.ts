import * as fs from "node:fs";
import {
  type Chunk,
  InputError,
  type QuestionRow,
  readJsonLines,
  sha256,
  writeJsonLines,
} from "../common/index";
import { pairsPerChunk } from "./question-prompt";
import type { QuestionRecord } from "./types";

/** Answers that are already there, by what was asked. */
export type KnownRecords = Map<string, QuestionRecord>;

/** What makes an answer reusable: the same text, model and prompt. The chunk's number may have changed. */
export function recordKey(asked: { sha256: string; model: string; promptHash: string }): string {
  return `${asked.sha256} ${asked.promptHash} ${asked.model}`;
}

/**
 * Where answers are kept that were paid for but belong to no chunk of the last run (another prompt, another
 * model, a page that has changed): they are used again when they fit again.
 */
export function unusedFile(file: string): string {
  return file.replace(/(\.jsonl)?$/, ".unused.jsonl");
}

/** All answers of earlier runs, also of one that was interrupted. */
export function readKnownRecords(file: string): KnownRecords {
  const known: KnownRecords = new Map();
  for (const record of [...readIfThere(unusedFile(file)), ...readIfThere(file)]) {
    const key = recordKey(record);
    const other = known.get(key);
    if (!other || other.tries < record.tries) known.set(key, record);
  }
  return known;
}

/**
 * The records of a run in the order of its chunks. A text that stands in several chunks was asked about
 * once; its further records cost nothing.
 */
export function orderRecords(
  chunks: readonly Chunk[],
  model: string,
  promptHash: string,
  known: KnownRecords,
): QuestionRecord[] {
  const paid = new Set<string>();
  return chunks.map((chunk) => {
    const key = recordKey({ sha256: sha256(chunk.text), model, promptHash });
    const record = known.get(key);
    if (!record) throw new Error(`chunk ${chunk.global_chunk_id} has no answer yet`);
    const { global_chunk_id, page } = chunk;
    if (!paid.has(key)) {
      paid.add(key);
      return { ...record, global_chunk_id, page };
    }
    const tokens = { prompt: 0, completion: 0 };
    return { ...record, global_chunk_id, page, tries: 0, tokens, costUsd: 0 };
  });
}

/** Writes a finished run: its records in chunk order, and apart what else had been paid for. */
export function writeFinishedRun(
  file: string,
  records: readonly QuestionRecord[],
  known: KnownRecords,
): void {
  const used = new Set(records.map(recordKey));
  const unused = [...known.entries()].filter(([key]) => !used.has(key)).map(([, record]) => record);
  if (unused.length > 0) writeJsonLines(unusedFile(file), unused);
  writeJsonLines(file, records);
  if (unused.length === 0) fs.rmSync(unusedFile(file), { force: true });
}

/**
 * The rows of a finished `questions.jsonl`: four for each chunk that was not set aside.
 * @param file `questions.jsonl`
 * @param chunks the chunks it was written for
 * @throws InputError naming the chunk whose text has changed or that has no line
 */
export function readQuestionRows(file: string, chunks: readonly Chunk[]): QuestionRow[] {
  const records = new Map(readRecords(file).map((record) => [record.global_chunk_id, record]));
  return chunks.flatMap((chunk) => {
    const { global_chunk_id, page, text } = chunk;
    const record = records.get(global_chunk_id);
    if (record?.sha256 !== sha256(text))
      throw new InputError(
        `${file} has no line for chunk ${global_chunk_id} of ${page} as it is now; run notebook 03 again`,
      );
    if (!record.setAside && record.qa.length !== pairsPerChunk)
      throw new InputError(`${file}: chunk ${global_chunk_id} has ${record.qa.length} pairs`);
    return record.qa.map(({ question, answer }, index) => {
      return { global_chunk_id, text, question_id: index + 1, question, answer, page };
    });
  });
}

/**
 * The lines of `questions.jsonl` as they are.
 * @throws InputError when the file is missing or a line is none of ours
 */
export function readRecords(file: string): QuestionRecord[] {
  const records = readJsonLines<QuestionRecord>(file, "notebook 03");
  const broken = records.findIndex((record) => !isRecord(record));
  if (broken >= 0)
    throw new InputError(
      `${file}, line ${broken + 1} is no answer of notebook 03; delete the line`,
    );
  return records;
}

function readIfThere(file: string): QuestionRecord[] {
  return fs.existsSync(file) ? readRecords(file) : [];
}

function isRecord(value: unknown): value is QuestionRecord {
  const record = value as Partial<QuestionRecord> | null;
  return (
    Number.isInteger(record?.global_chunk_id) &&
    typeof record?.sha256 === "string" &&
    typeof record.model === "string" &&
    Array.isArray(record.qa)
  );
}
