/** A passage of the documentation: one line of `chunks.jsonl`. */
export interface Chunk {
  /** Number of the chunk over the whole site, from 0 in the order of pages and text. */
  global_chunk_id: number;
  /** URL path of the page below the start URL, such as `core/strands.html`. */
  page: string;
  text: string;
}

/** A question with its answer and the passage it was written for: one row of the dataset. */
export interface QuestionRow {
  global_chunk_id: number;
  text: string;
  /** 1 to 4 within its chunk. */
  question_id: number;
  question: string;
  /** A verbatim span of `text`. */
  answer: string;
  page: string;
}

/** What a text is: some models were trained with another prompt in front of each kind. */
export type TextRole = "query" | "passage" | "plain";

/** What an {@link EmbedFunction} may be told. */
export interface EmbedOptions {
  /** What the texts are, for models with prompts; `plain` where missing. */
  role?: TextRole;
  onProgress?: ProgressListener;
}

/** Turns texts into unit-length vectors, in input order. */
export type EmbedFunction = (
  texts: readonly string[],
  options?: EmbedOptions,
) => Promise<Float32Array[]>;

/** How far a long piece of work has come. */
export type ProgressListener = (done: number, total: number) => void;
