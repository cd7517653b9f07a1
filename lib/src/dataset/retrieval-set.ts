import { type Chunk, InputError, type QuestionRow } from "../common/index";
import { nameRow } from "./check-split";
import type { RetrievalSet, TrainingPair } from "./types";

/** Rows as training pairs; rows of equal text get the number of the first of them. */
export function toPairs(rows: readonly QuestionRow[]): TrainingPair[] {
  const firstOf = new Map<string, number>();
  return rows.map(({ question, text, global_chunk_id }) => {
    if (!firstOf.has(text)) firstOf.set(text, global_chunk_id);
    return { question, text, chunkId: firstOf.get(text)! };
  });
}

/**
 * Rows as a retrieval test over all passages of the site, each text once. A passage's id is the number of
 * the first chunk with its text; relevant to a question is the passage whose text it was written for.
 * @throws InputError naming a row whose text is none of the chunks
 */
export function toRetrievalSet(
  rows: readonly QuestionRow[],
  chunks: readonly Chunk[],
): RetrievalSet {
  const idOf = new Map<string, string>();
  for (const { text, global_chunk_id } of chunks)
    if (!idOf.has(text)) idOf.set(text, String(global_chunk_id));
  const set: RetrievalSet = { queries: new Map(), corpus: new Map(), relevant: new Map() };
  for (const [text, id] of idOf) set.corpus.set(id, text);
  for (const row of rows) {
    const id = idOf.get(row.text);
    if (id === undefined)
      throw new InputError(
        `the text of row ${nameRow(row)} is none of the ${chunks.length} chunks; run notebooks 02 to 04 again`,
      );
    const query = `${row.global_chunk_id}-${row.question_id}`;
    set.queries.set(query, row.question);
    set.relevant.set(query, new Set([id]));
  }
  return set;
}
