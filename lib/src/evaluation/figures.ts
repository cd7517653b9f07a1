import type { BootstrapResult, Interval } from "./bootstrap";
import { type Comparison, compareMetric } from "./comparison";

/** A figure as `showPlot(data, layout)` of `mrl/notebook` takes it. */
export interface Figure {
  data: object[];
  layout: Record<string, unknown>;
}

/** Two of the palette of `mrl/notebook`, so that a model has one colour in every figure. */
export const modelColours: Record<"base" | "tuned", string> = { base: "#E69F00", tuned: "#0072B2" };
const both = ["base", "tuned"] as const;

/** The bootstrap of a metric in one view at one dim. */
export type ViewResult = { view: string; dim: number } & BootstrapResult;

/**
 * NDCG@10 of both models over the dims, a panel for each view.
 * @param intervals of NDCG@10 in each view at each dim, for whiskers; none are drawn without
 */
export function drawByDim(
  views: Record<string, Comparison>,
  dims: readonly number[],
  intervals: readonly ViewResult[] = [],
): Figure {
  const names = Object.keys(views);
  const axis = (i: number): string => (i === 0 ? "x" : `x${i + 1}`);
  const data = names.flatMap((view, i) =>
    both.map((model) => ({
      name: model,
      legendgroup: model,
      showlegend: i === 0,
      type: "scatter",
      mode: "lines+markers",
      x: dims.map(String),
      y: compareMetric(views[view], dims, "ndcg@10").map((pair) => pair[model]),
      ...drawWhiskers(
        dims.flatMap((dim) => intervals.find((one) => one.view === view && one.dim === dim) ?? []),
        model,
      ),
      xaxis: axis(i),
      marker: { color: modelColours[model] },
    })),
  );
  const axes: [string, object][] = names.map((view, i) => [
    axis(i).replace("x", "xaxis"),
    {
      title: `numbers kept<br>${view}, n = ${views[view].base.evaluated}`,
      type: "category",
    },
  ]);
  const title = "NDCG@10 by numbers kept of each vector";
  const layout = {
    title: intervals.length > 0 ? `${title}, with 95 % intervals` : title,
    width: 880,
    height: 380,
    grid: { rows: 1, columns: names.length, subplots: [names.map((_, i) => `${axis(i)}y`)] },
    ...Object.fromEntries(axes),
    yaxis: { title: "NDCG@10", range: [0, 1] },
  };
  return { data, layout };
}

function drawWhiskers(results: readonly ViewResult[], model: "base" | "tuned"): object {
  if (results.length === 0) return {};
  return { error_y: toWhiskers(results.map((result) => result[model])) };
}

/** Plotly's form of intervals around a mean; one without bounds has no whisker. */
function toWhiskers(intervals: readonly Interval[]): object {
  return {
    symmetric: false,
    thickness: 1.2,
    array: intervals.map(({ mean, high }) => high - mean),
    arrayminus: intervals.map(({ mean, low }) => mean - low),
  };
}

/** NDCG@10 of both models over the bytes of a float32 vector. */
export function drawByBytes(comparison: Comparison, dims: readonly number[], view: string): Figure {
  const bytes = dims.map((dim) => 4 * dim);
  const pairs = compareMetric(comparison, dims, "ndcg@10");
  const data = both.map((model) => ({
    name: model,
    type: "scatter",
    mode: "lines+markers+text",
    x: bytes,
    y: pairs.map((pair) => pair[model]),
    text: dims.map((dim) => `dim ${dim}`),
    textposition: model === "tuned" ? "top center" : "bottom center",
    marker: { color: modelColours[model], size: 9 },
  }));
  const ends = [Math.min(...bytes), Math.max(...bytes)].map(Math.log10);
  const layout = {
    title: `Quality against size, ${view} (n = ${comparison.base.evaluated})`,
    xaxis: {
      title: "size of a vector (bytes)",
      type: "log",
      tickvals: bytes,
      ticktext: bytes.map(String),
      range: [ends[0] - 0.15, ends[1] + 0.15],
    },
    yaxis: { title: "NDCG@10", range: [0, 1] },
  };
  return { data, layout };
}

/** Gains with their intervals, a bar for each view at each dim. */
export function drawGains(gains: readonly ViewResult[], metric: string): Figure {
  const views = [...new Set(gains.map(({ view }) => view))];
  const data = views.map((name) => {
    const own = gains.filter(({ view }) => view === name);
    const error = toWhiskers(own.map(({ gain }) => gain));
    const y = own.map(({ gain }) => gain.mean);
    return { name, type: "bar", x: own.map(({ dim }) => String(dim)), y, error_y: error };
  });
  const layout = {
    title: `Gain in ${metric}`,
    barmode: "group",
    xaxis: { title: "numbers kept of each vector", type: "category" },
    yaxis: { title: `${metric}, tuned − base, with 95 % interval` },
  };
  return { data, layout };
}
