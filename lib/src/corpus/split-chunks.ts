import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import type { Chunk } from "../common/index";

/** A page's text under its path below the start URL. */
export interface PageText {
  page: string;
  text: string;
}

export interface SplitOptions {
  /** A chunk has at most so many characters (UTF-16 units). */
  chunkChars: number;
  /** A chunk may repeat at most so many characters of the one before. */
  overlapChars: number;
  /** A chunk of fewer words (runs of non-space) is dropped. */
  minWords: number;
}

export interface SplitResult {
  chunks: Chunk[];
  /** What was too short to carry a question, in the same order. */
  dropped: { page: string; text: string; words: number }[];
}

/**
 * Splits pages into passages with LangChain's RecursiveCharacterTextSplitter: at blank lines where that
 * suffices, else at line ends, else at spaces.
 *
 * @param pages in any order; they are taken by path, in the order of UTF-16 units
 * @returns chunks numbered from 0 over all pages after the short ones are dropped
 */
export async function splitChunks(
  pages: readonly PageText[],
  options: SplitOptions,
): Promise<SplitResult> {
  const splitter = new RecursiveCharacterTextSplitter({
    chunkSize: options.chunkChars,
    chunkOverlap: options.overlapChars,
  });
  const result: SplitResult = { chunks: [], dropped: [] };
  for (const { page, text } of [...pages].sort(byPage)) {
    for (const part of await splitter.splitText(text)) {
      const words = countWords(part);
      if (words < options.minWords) result.dropped.push({ page, text: part, words });
      else result.chunks.push({ global_chunk_id: result.chunks.length, page, text: part });
    }
  }
  return result;
}

/** Words of a text: runs of characters that are no whitespace. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Orders pages by path, by UTF-16 units: the same on every machine, whatever its language. */
export function byPage(a: { page: string }, b: { page: string }): number {
  return a.page < b.page ? -1 : a.page > b.page ? 1 : 0;
}
