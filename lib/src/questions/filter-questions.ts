import {
  type EmbedFunction,
  InputError,
  type ProgressListener,
  type QuestionRow,
} from "../common/index";

/** Why a row was dropped. */
export type DropReason = "question far from its passage" | "question repeats one kept before";

/** A row that was dropped, with the cosine that decided. */
export interface DroppedRow {
  row: QuestionRow;
  reason: DropReason;
  /** Cosine of the question with its passage, or with the question it repeats. */
  value: number;
  /** The question it repeats. */
  repeats?: string;
}

/** Thresholds are cosines; they belong to the embedder they were chosen for. */
export interface FilterOptions {
  embed: EmbedFunction;
  /** A row whose question and passage are less alike than this is dropped. */
  minQuestionPassage: number;
  /** A row whose question is at least so alike to one kept before it on the same passage is dropped. */
  maxQuestionQuestion: number;
  /** Told how many of all texts are embedded. */
  onProgress?: ProgressListener;
}

/** What the filter kept, what it dropped and why. */
export interface FilteredQuestions {
  kept: QuestionRow[];
  dropped: DroppedRow[];
  /** Cosine of question and passage for every row given, in input order. */
  similarities: number[];
  /** For every row that is close enough to its passage: its highest cosine with a question kept before on the
   * same passage; undefined where there is none. In input order. */
  nearest: (number | undefined)[];
}

/**
 * Drops questions that are far from their passage, then those that repeat one kept before on the same
 * passage. Rows whose texts are equal belong to the same passage, whatever their chunk's number. Each
 * distinct passage and question is embedded once, in its role; order and rows stay as they are.
 * @throws InputError when the embedder gives a vector without direction
 */
export async function filterQuestions(
  rows: readonly QuestionRow[],
  options: FilterOptions,
): Promise<FilteredQuestions> {
  const { minQuestionPassage, maxQuestionQuestion } = options;
  const vectors = await embedOnce(rows, options);
  const vectorOf = (question: string): Float64Array => vectors.query.get(question)!;
  const cosine = (a: string, b: string): number => dot(vectorOf(a), vectorOf(b));
  const result: FilteredQuestions = { kept: [], dropped: [], similarities: [], nearest: [] };
  const keptOf = new Map<string, string[]>();
  for (const row of rows) {
    const similarity = dot(vectorOf(row.question), vectors.passage.get(row.text)!);
    const isFar = similarity < minQuestionPassage;
    const before = keptOf.get(row.text) ?? [];
    const nearest = isFar ? undefined : findNearest(row.question, before, cosine);
    result.similarities.push(similarity);
    result.nearest.push(nearest?.value);
    if (isFar) {
      result.dropped.push({ row, reason: "question far from its passage", value: similarity });
    } else if (nearest && nearest.value >= maxQuestionQuestion) {
      result.dropped.push({ row, reason: "question repeats one kept before", ...nearest });
    } else {
      keptOf.set(row.text, [...before, row.question]);
      result.kept.push(row);
    }
  }
  return result;
}

function findNearest(
  question: string,
  others: readonly string[],
  cosine: (a: string, b: string) => number,
): { value: number; repeats: string } | undefined {
  return others
    .map((repeats) => ({ value: cosine(question, repeats), repeats }))
    .sort((a, b) => b.value - a.value)[0];
}

/** Text → vector, for passages and for questions. */
async function embedOnce(
  rows: readonly QuestionRow[],
  { embed, onProgress }: FilterOptions,
): Promise<Record<"passage" | "query", Map<string, Float64Array>>> {
  const passages = [...new Set(rows.map((row) => row.text))];
  const questions = [...new Set(rows.map((row) => row.question))];
  const total = passages.length + questions.length;
  const embedAll = async (
    texts: string[],
    role: "passage" | "query",
    before: number,
  ): Promise<Map<string, Float64Array>> => {
    const report: ProgressListener = (done) => onProgress?.(before + done, total);
    const vectors = texts.length > 0 ? await embed(texts, { role, onProgress: report }) : [];
    return new Map(texts.map((text, index) => [text, toDirection(vectors[index], text)]));
  };
  const passage = await embedAll(passages, "passage", 0);
  return { passage, query: await embedAll(questions, "query", passages.length) };
}

function toDirection(vector: Float32Array | undefined, text: string): Float64Array {
  const wide = Float64Array.from(vector ?? []);
  const length = Math.sqrt(dot(wide, wide));
  if (!(length > 0 && Number.isFinite(length)))
    throw new InputError(`the embedder gave no usable vector for "${text.slice(0, 80)}"`);
  return wide.map((x) => x / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
