import * as fs from "node:fs";
import * as path from "node:path";
import { appendJsonLine, readJsonLines, writeJsonLines } from "../common/index";
import { headerBytes, npyHeader, type VectorFileShape } from "./vector-file";

/** One finished block, as the journal keeps it. */
interface Block {
  vectors: number;
  /** Tells what the vectors were made from. */
  mark: string;
}

/** A vector file that is being written, see {@link openVectorPart}. */
export interface VectorPart {
  /** Vectors so far. */
  count(): number;
  /** Whether the next block is there from an earlier call; then it counts. */
  holds(mark: string): boolean;
  /** Writes the next block. */
  write(vectors: readonly Float32Array[], mark: string): void;
  /** Puts the file in its place. */
  finish(): VectorFileShape & { resumed: number };
  close(): void;
}

/**
 * Opens `<file>.part` and its journal `<file>.part.jsonl`, or goes on with what an earlier process left there.
 *
 * A block enters the journal when its vectors are on the disk, so the journal can be relied on, whenever a kill
 * comes. From the first block on that was made from something else, the earlier work is overwritten.
 */
export function openVectorPart(file: string, dim: number): VectorPart {
  const [partFile, journal] = [`${file}.part`, `${file}.part.jsonl`];
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const earlier = readJournal(partFile, journal);
  const handle = fs.openSync(partFile, fs.constants.O_RDWR | fs.constants.O_CREAT);
  const kept: Block[] = [];
  let [count, resumed] = [0, 0];
  return {
    count: () => count,
    holds(mark) {
      const next = earlier.shift();
      if (next?.mark !== mark) {
        if (next) writeJsonLines(journal, kept);
        earlier.length = 0;
        return false;
      }
      kept.push(next);
      resumed = count += next.vectors;
      return true;
    },
    write(vectors, mark) {
      writeRows(handle, vectors, dim, headerBytes + 4 * dim * count);
      appendJsonLine(journal, { vectors: vectors.length, mark });
      count += vectors.length;
    },
    finish() {
      fs.writeSync(handle, npyHeader({ count, dim }), 0, headerBytes, 0);
      fs.ftruncateSync(handle, headerBytes + 4 * dim * count);
      fs.fsyncSync(handle);
      fs.renameSync(partFile, file);
      fs.rmSync(journal, { force: true });
      return { count, dim, resumed };
    },
    close: () => fs.closeSync(handle),
  };
}

/** The finished blocks; a journal without its file, or the other way round, says nothing. */
function readJournal(partFile: string, journal: string): Block[] {
  if (fs.existsSync(partFile) && fs.existsSync(journal)) return readJsonLines<Block>(journal);
  fs.rmSync(journal, { force: true });
  return [];
}

function writeRows(handle: number, rows: readonly Float32Array[], dim: number, at: number): void {
  const values = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => values.set(row, i * dim));
  const written = fs.writeSync(handle, values, 0, values.byteLength, at);
  if (written !== values.byteLength) {
    throw new Error(`only ${written} of ${values.byteLength} bytes of vectors were written`);
  }
  fs.fsyncSync(handle);
}
