import { readJsonLines } from "../common/index";
import { recordFiles } from "./run-record";
import type { TrainingEvent } from "./types";

type UpdateEvent = Extract<TrainingEvent, { type: "update" }>;

/**
 * The updates of a run as its folder has recorded them, each once and in order: what a killed run did after
 * its last checkpoint was done again, and the later event counts.
 * @throws InputError when the run has recorded nothing
 */
export function readUpdates(runDir: string): UpdateEvent[] {
  const events = readJsonLines<TrainingEvent>(recordFiles(runDir).events, "fineTune");
  const updates = events.filter((event) => event.type === "update");
  const newest = new Map(updates.map((event) => [event.update, event]));
  return [...newest.values()].sort((a, b) => a.update - b.update);
}
