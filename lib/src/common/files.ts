import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, describeError } from "./errors";

/**
 * Writes a file whole or not at all: into a neighbour first, flushed to disk, then renamed over the old one.
 * A kill or a full disk leaves the earlier file as it was.
 * @throws Error naming the file when it cannot be written
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  writeAtomically(file, (handle) => fs.writeFileSync(handle, content));
}

/**
 * {@link writeFileAtomic} for content that is written in pieces.
 * @param write is given the handle of the open neighbour file
 */
export function writeAtomically(file: string, write: (handle: number) => void): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const handle = fs.openSync(temporary, "w");
    try {
      write(handle);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new Error(`${file} could not be written (${describeError(error)}); nothing was changed`, {
      cause: error,
    });
  }
}

/** Writes a value as indented JSON, whole or not at all. */
export function writeJson(file: string, value: unknown): void {
  writeFileAtomic(file, JSON.stringify(value, null, 1) + "\n");
}

/**
 * Reads a JSON file.
 * @param madeBy what writes this file, for the error of a missing one ("notebook 05")
 * @throws InputError when it is missing or no JSON
 */
export function readJson<T>(file: string, madeBy?: string): T {
  const text = readText(file, madeBy);
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new InputError(
      `${file} is not JSON (${describeError(error)}); delete it and make it anew`,
    );
  }
}

/**
 * Reads a file of one JSON value a line. A last line without its newline is what a kill leaves of an
 * append: it is left out, and {@link appendJsonLine} cuts it off.
 * @throws InputError naming the line that is no JSON, or the missing file and what makes it
 */
export function readJsonLines<T>(file: string, madeBy?: string): T[] {
  const lines = readText(file, madeBy).split("\n");
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as T;
    } catch (error) {
      throw new InputError(`${file}, line ${index + 1} is not JSON (${describeError(error)})`);
    }
  });
}

/** Writes values as one JSON a line, whole or not at all. */
export function writeJsonLines(file: string, values: readonly unknown[]): void {
  writeFileAtomic(file, values.map((value) => JSON.stringify(value) + "\n").join(""));
}

/** Appends one JSON line and flushes it; half a line that an earlier kill left behind is cut off first. */
export function appendJsonLine(file: string, value: unknown): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const handle = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT);
  try {
    const end = endOfLastLine(handle);
    fs.ftruncateSync(handle, end);
    const line = Buffer.from(JSON.stringify(value) + "\n");
    const written = fs.writeSync(handle, line, 0, line.length, end);
    if (written !== line.length) throw new Error(`only ${written} of ${line.length} bytes written`);
    fs.fsyncSync(handle);
  } catch (error) {
    throw new Error(`${file} could not be extended (${describeError(error)})`, { cause: error });
  } finally {
    fs.closeSync(handle);
  }
}

/** SHA-256 of a text (UTF-8) or of bytes, in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-256 of a file, in hex, read in blocks. */
export function sha256File(file: string): string {
  const hash = createHash("sha256");
  const handle = fs.openSync(file, "r");
  const block = Buffer.alloc(1 << 20);
  try {
    for (let n = fs.readSync(handle, block); n > 0; n = fs.readSync(handle, block)) {
      hash.update(block.subarray(0, n));
    }
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest("hex");
}

function readText(file: string, madeBy?: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const wayOut = madeBy ? `; ${madeBy} writes it: run that first` : "";
    throw new InputError(`${file} is missing${wayOut}`);
  }
}

function endOfLastLine(handle: number): number {
  const block = Buffer.alloc(4096);
  for (let end = fs.fstatSync(handle).size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const n = fs.readSync(handle, block, 0, end - start, start);
    const newline = block.subarray(0, n).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
