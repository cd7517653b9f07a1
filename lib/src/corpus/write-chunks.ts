import { InputError, writeJsonLines, type Chunk } from "../common/index";

/**
 * Writes `chunks.jsonl`, whole or not at all.
 * @throws InputError when there is no chunk: nothing could be asked, trained or found
 */
export function writeChunks(file: string, chunks: readonly Chunk[]): void {
  if (chunks.length === 0) {
    throw new InputError(
      `there is no chunk for ${file}: the pages are empty, or every chunk has fewer words than ` +
        "split.minWords (MRL_SPLIT_MIN_WORDS); lower it, or crawl more pages",
    );
  }
  writeJsonLines(file, chunks);
}
