import type { TrainingEvent } from "../training/index";
import { type Progress, startProgress } from "./progress";

/**
 * A listener for `fineTune` of `mrl/training` that shows a line of progress with the loss, says from where a
 * resumed run goes on, and says when the run was stopped what of it is saved.
 */
export function trackTraining(): (event: TrainingEvent) => void {
  let progress: Progress | undefined;
  let resumed = "";
  let done = 0;
  let saved = 0;
  return (event) => {
    if (event.type === "start") {
      done = saved = event.done;
      resumed = done > 0 ? `from update ${done}` : "";
      progress = startProgress("Training", { unit: "updates", total: event.updates, done });
      if (resumed) progress.update(done, { note: `goes on ${resumed}` });
    } else if (event.type === "update") {
      done = event.update;
      const loss = `loss ${event.loss.toFixed(3)}`;
      progress?.update(done, { note: resumed ? `${loss} · went on ${resumed}` : loss });
    } else if (event.type === "checkpoint") {
      saved = event.update;
      progress?.update(done, { note: `saved at update ${saved}` });
    } else if (event.type === "stop") {
      progress?.finish(describeStop(event, saved));
    } else if (event.type === "end") {
      const best = event.bestEpoch === null ? "" : `, epoch ${event.bestEpoch} is the best`;
      progress?.finish(`${done} updates${best}${resumed && `, went on ${resumed}`}`);
    }
  };
}

function describeStop(stop: { update: number; updates: number }, saved: number): string {
  if (stop.update === 0) return "stopped before the first update was done";
  const stopped = `stopped after update ${stop.update} of ${stop.updates}`;
  if (saved < stop.update) return `${stopped}; not saved, for the run has no folder`;
  return `${stopped} and saved; run this cell again and it goes on from there`;
}
