import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson, readJsonLines } from "../common/index";
import type { TrainingEvent } from "../training/index";

/** How the model was trained, as the run has recorded it. */
export interface TrainingRun {
  /** `epochs`, `batchSize`, `lr`, … as they were given. */
  options: Record<string, unknown>;
  precision: string;
  device: string;
  /** Pairs it was trained on. */
  pairs: number;
  updates: number;
  /** The epoch whose weights the model has; null where none was chosen. */
  bestEpoch: number | null;
  seconds: number;
}

interface RunFile {
  options: Record<string, unknown>;
  precision: string;
  device: string;
}

type Timed = TrainingEvent & { time: string };

/**
 * The run below `runs/` that ended last.
 * @throws InputError where none has ended
 */
export function readLastRun(runsDir: string): TrainingRun {
  const names = fs.existsSync(runsDir) ? fs.readdirSync(runsDir) : [];
  const ended = names
    .map((name) => path.join(runsDir, name))
    .filter((folder) => fs.existsSync(path.join(folder, "events.jsonl")))
    .map((folder) => ({ folder, events: readJsonLines<Timed>(path.join(folder, "events.jsonl")) }))
    .filter(({ events }) => events.at(-1)?.type === "end")
    .sort((a, b) => (a.events.at(-1)!.time < b.events.at(-1)!.time ? -1 : 1));
  const last = ended.at(-1);
  if (!last)
    throw new InputError(`no finished training run below ${runsDir}; run notebook 06 first`);
  const { options, precision, device } = readJson<RunFile>(
    path.join(last.folder, "settings.json"),
    "notebook 06",
  );
  return { options, precision, device, ...summarise(last.events) };
}

function summarise(
  events: readonly Timed[],
): Pick<TrainingRun, "pairs" | "updates" | "bestEpoch" | "seconds"> {
  const summary = { pairs: 0, updates: 0, bestEpoch: null as number | null, seconds: 0 };
  for (const event of events) {
    if (event.type === "start")
      Object.assign(summary, { pairs: event.pairs, updates: event.updates });
    if (event.type === "update") summary.seconds += event.seconds;
    if (event.type === "end") summary.bestEpoch = event.bestEpoch;
  }
  return summary;
}
