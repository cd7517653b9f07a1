import { InputError, type QuestionRow } from "../common/index";

/** A file's rows as they were read, with any type of value. */
export interface RawRows {
  /** Path in the repository. */
  file: string;
  rows: readonly unknown[];
}

/** What a published row must have. */
export const neededColumns = [
  "global_chunk_id",
  "text",
  "question_id",
  "question",
  "answer",
] as const;

/**
 * Rows of several files as one list of checked rows.
 *
 * A published id may be a number or a text: chunks are numbered from 0 in the order in which they first appear.
 * @param repo what the refusal calls the dataset
 * @throws InputError naming repository, file and row: a value is missing or of another kind, a text or a question is
 *   blank, a question of a chunk is there twice, or there is no row at all
 */
export function toQuestionRows(repo: string, files: readonly RawRows[]): QuestionRow[] {
  const numbers = new Map<string, number>();
  const places = new Map<string, string>();
  const rows = files.flatMap(({ file, rows: raw }) =>
    raw.map((value, index) => {
      const place = `${repo}, ${file}, row ${index + 1}`;
      const row = readRow(value, numbers, place);
      const key = `${row.global_chunk_id}-${row.question_id}`;
      if (places.has(key))
        refuse(place, `has chunk and question number of ${places.get(key)}, which must differ`);
      places.set(key, place);
      return row;
    }),
  );
  if (rows.length === 0) refuse(repo, "has no rows");
  return rows;
}

function readRow(value: unknown, numbers: Map<string, number>, place: string): QuestionRow {
  if (typeof value !== "object" || value === null) refuse(place, "is no object");
  const raw = value as Record<string, unknown>;
  const missing = neededColumns.find((name) => raw[name] === undefined || raw[name] === null);
  if (missing) refuse(place, `has no ${missing}`);
  const id = readId(raw.global_chunk_id, place);
  if (!numbers.has(id)) numbers.set(id, numbers.size);
  const row = {
    global_chunk_id: numbers.get(id)!,
    text: readText(raw, "text", place),
    question_id: readNumber(raw.question_id, place),
    question: readText(raw, "question", place),
    answer: readText(raw, "answer", place),
    page: readText({ page: raw.page ?? "" }, "page", place),
  };
  if (row.text.trim() === "") refuse(place, "has an empty text");
  if (row.question.trim() === "") refuse(place, "has an empty question");
  return row;
}

function readId(value: unknown, place: string): string {
  if (!["number", "bigint", "string"].includes(typeof value))
    refuse(place, "has a global_chunk_id that is neither number nor text");
  return String(value);
}

function readText(raw: Record<string, unknown>, name: string, place: string): string {
  const value = raw[name];
  if (typeof value !== "string") refuse(place, `has a ${name} that is no text`);
  return value;
}

/** Parquet gives whole numbers as bigint, pandas writes some as 1.0. */
function readNumber(value: unknown, place: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) refuse(place, "has a question_id that is no whole number");
  return number;
}

function refuse(place: string, fault: string): never {
  throw new InputError(
    `${place} ${fault}; set published.datasetRepo to a dataset with the columns ${neededColumns.join(", ")}`,
  );
}
