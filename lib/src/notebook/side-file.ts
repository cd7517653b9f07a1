import * as fs from "node:fs";
import type { ProgressState } from "./progress-text";

/** Tells another process how far the work is. */
export interface SideFile {
  write(state: ProgressState): void;
}

/**
 * A small JSON file that is replaced at each write, so that a reader never sees half of it. It is not flushed
 * to disk: it tells the present only. Where it cannot be written the work goes on without it.
 * @param file where to; undefined or empty: nowhere
 */
export function createSideFile(file: string | undefined): SideFile {
  let writable = Boolean(file);
  const write = (state: ProgressState): void => {
    if (!writable || !file) return;
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, JSON.stringify(toRecord(state)) + "\n");
      fs.renameSync(temporary, file);
    } catch {
      // A full disk or a folder that is gone must not end an hour of training for the sake of a progress line.
      writable = false;
      fs.rmSync(temporary, { force: true });
    }
  };
  return { write };
}

function toRecord(state: ProgressState): object {
  const { title, unit, done, total, note, elapsedSeconds, secondsLeft, finished } = state;
  return { title, unit, done, total, note, elapsedSeconds, secondsLeft, finished };
}
