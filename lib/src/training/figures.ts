import type { TrainingEvent } from "./types";

type UpdateEvent = Extract<TrainingEvent, { type: "update" }>;

/** A figure as `showPlot(data, layout)` of `mrl/notebook` takes it. */
export interface Figure {
  data: object[];
  layout: object;
}

/** Each value replaced by the mean of itself and those before it, `window` in all; a jumpy series gets a line. */
export function meanOfLast(values: readonly number[], window: number): number[] {
  return values.map((_, i) => {
    const last = values.slice(Math.max(0, i - window + 1), i + 1);
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  });
}

/**
 * A run's loss above its learning rate, update by update.
 * @param updates as `readUpdates` gives them
 * @param window the line through the losses is the mean of the last so many
 */
export function drawTraining(updates: readonly UpdateEvent[], window: number): Figure {
  const x = updates.map(({ update }) => update);
  const losses = updates.map(({ loss }) => loss);
  const line = { type: "scatter", mode: "lines", x };
  const [loss, rate] = [{ yaxis: "y" }, { yaxis: "y2" }];
  return {
    data: [
      { ...loss, type: "scatter", mode: "markers", x, name: "loss of an update", y: losses },
      { ...loss, ...line, name: `mean of the last ${window}`, y: meanOfLast(losses, window) },
      { ...rate, ...line, name: "learning rate", y: updates.map(({ lr }) => lr) },
    ],
    layout: {
      title: `Training, ${updates.length} updates`,
      height: 520,
      xaxis: { title: "updates done", anchor: "y2" },
      yaxis: { title: "loss, sum over dims", rangemode: "tozero", domain: [0.45, 1] },
      yaxis2: {
        title: "learning rate",
        rangemode: "tozero",
        exponentformat: "e",
        domain: [0, 0.33],
      },
    },
  };
}
