import type { Chunk, QuestionRow } from "mrl/common";

/** Chunks of a toy site: `pages` pages of `chunksAPage` chunks, no text twice. */
export function makeChunks(pages: number, chunksAPage: number): Chunk[] {
  return Array.from({ length: pages * chunksAPage }, (_, id) => ({
    global_chunk_id: id,
    page: `page-${String(Math.floor(id / chunksAPage)).padStart(3, "0")}.html`,
    text: `Text of chunk ${id}.`,
  }));
}

/** `questions` rows for each chunk. */
export function makeRows(chunks: readonly Chunk[], questions = 4): QuestionRow[] {
  return chunks.flatMap(({ global_chunk_id, page, text }) =>
    Array.from({ length: questions }, (_, index) => ({
      global_chunk_id,
      text,
      question_id: index + 1,
      question: `Question ${index + 1} about chunk ${global_chunk_id}?`,
      answer: `chunk ${global_chunk_id}`,
      page,
    })),
  );
}

/** Pages of rows, each once. */
export function pagesOf(rows: readonly QuestionRow[]): Set<string> {
  return new Set(rows.map((row) => row.page));
}

/** Texts of rows, each once. */
export function textsOf(rows: readonly QuestionRow[]): Set<string> {
  return new Set(rows.map((row) => row.text));
}
