import type { ProgressListener } from "../common/index";
import { createDisplay } from "./display";
import { type ProgressState, describeFinish, describeProgress } from "./progress-text";
import { createSideFile } from "./side-file";

/** What {@link startProgress} may be told beforehand. */
export interface ProgressOptions {
  /** How many there are; left out: not known yet. */
  total?: number;
  /** What is counted, in the plural: `pages`. */
  unit?: string;
  /** How many an earlier run has done; they do not count for the rate. */
  done?: number;
}

/** The line of one piece of work. */
export interface Progress {
  /** How many are done now, the earlier ones included. Call it as often as you like. */
  update(done: number, change?: { total?: number; note?: string }): void;
  /** Ends the line with a summary; without one it says how many were done. Time and rate are added. */
  finish(summary?: string): void;
  /** The same as a function of `(done, total)`, for an `onProgress` option. */
  readonly listener: ProgressListener;
}

const shortestGapMs = 250;

/**
 * Starts a line of progress below the running cell: it is overwritten in place, at most four times a second,
 * with a bar, the rate and the time left. The same state goes to the file named by `MRL_PROGRESS_FILE`, from
 * which `npm start` draws its own line. Outside a kernel only that file is written.
 */
export function startProgress(title: string, options: ProgressOptions = {}): Progress {
  const display = createDisplay();
  const sideFile = createSideFile(process.env.MRL_PROGRESS_FILE);
  const begin = performance.now();
  const before = options.done ?? 0;
  let state = startState(title, options);
  let shownAt = -Infinity;
  let pending: NodeJS.Timeout | undefined;

  const show = (text: (state: ProgressState) => string): void => {
    clearTimeout(pending);
    pending = undefined;
    state = measure(state, before, (performance.now() - begin) / 1000);
    display({ "text/plain": text(state) });
    sideFile.write(state);
    shownAt = performance.now();
  };
  const update: Progress["update"] = (done, change = {}) => {
    if (state.finished) return;
    const { total = state.total, note = state.note } = change;
    state = { ...state, done, total, note };
    const wait = shownAt + shortestGapMs - performance.now();
    if (wait <= 0) show(describeProgress);
    else pending ??= setTimeout(() => show(describeProgress), wait).unref();
  };
  const finish: Progress["finish"] = (summary) => {
    if (state.finished) return;
    state = { ...state, finished: true, note: summary ?? state.note };
    show((last) => describeFinish(last, summary));
  };
  show(describeProgress);
  return { update, finish, listener: (done, total) => update(done, { total }) };
}

function startState(title: string, options: ProgressOptions): ProgressState {
  return {
    title,
    unit: options.unit ?? "",
    done: options.done ?? 0,
    total: options.total ?? null,
    note: "",
    elapsedSeconds: 0,
    secondsLeft: null,
    rate: null,
    finished: false,
  };
}

/** The state with rate and time left as they follow from what was done in `elapsedSeconds`. */
function measure(state: ProgressState, before: number, elapsedSeconds: number): ProgressState {
  const { done, total, finished } = state;
  const rate = done > before && elapsedSeconds > 0 ? (done - before) / elapsedSeconds : null;
  const left = rate === null || total === null ? null : Math.max(0, total - done) / rate;
  return { ...state, elapsedSeconds, rate, secondsLeft: finished ? 0 : left };
}
