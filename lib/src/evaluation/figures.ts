import type { BootstrapResult } from "./bootstrap";
import { type Comparison, compareMetric } from "./comparison";
import type { RankChange } from "./compare-ranks";
import { type Similarities, shareByStep } from "./similarities";

/** A figure as `showPlot(data, layout)` of `mrl/notebook` takes it. */
export interface Figure {
  data: object[];
  layout: Record<string, unknown>;
}

/** Two of the palette of `mrl/notebook`, so that a model has one colour in every figure. */
const colours = { base: "#E69F00", tuned: "#0072B2" };
const both = ["base", "tuned"] as const;

/** NDCG@10 of both models over the dims, a panel for each view. */
export function drawByDim(views: Record<string, Comparison>, dims: readonly number[]): Figure {
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
      xaxis: axis(i),
      marker: { color: colours[model] },
    })),
  );
  const axes: [string, object][] = names.map((view, i) => [
    axis(i).replace("x", "xaxis"),
    { title: `${view}, n = ${views[view].base.evaluated}`, type: "category" },
  ]);
  const layout = {
    title: "NDCG@10 by numbers kept of each vector",
    width: 880,
    height: 380,
    grid: { rows: 1, columns: names.length, subplots: [names.map((_, i) => `${axis(i)}y`)] },
    ...Object.fromEntries(axes),
    yaxis: { title: "NDCG@10", range: [0, 1] },
  };
  return { data, layout };
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
    marker: { color: colours[model], size: 9 },
  }));
  const ends = [Math.min(...bytes), Math.max(...bytes)].map(Math.log10);
  const layout = {
    title: `Quality against size, ${view} (n = ${comparison.base.evaluated})`,
    xaxis: {
      title: "bytes a vector",
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
export function drawGains(
  gains: readonly ({ view: string; dim: number } & BootstrapResult)[],
  metric: string,
): Figure {
  const views = [...new Set(gains.map(({ view }) => view))];
  const data = views.map((name) => {
    const own = gains.filter(({ view }) => view === name);
    const error = {
      symmetric: false,
      array: own.map(({ gain }) => gain.high - gain.mean),
      arrayminus: own.map(({ gain }) => gain.mean - gain.low),
    };
    const y = own.map(({ gain }) => gain.mean);
    return { name, type: "bar", x: own.map(({ dim }) => String(dim)), y, error_y: error };
  });
  const layout = {
    title: `Gain in ${metric}`,
    barmode: "group",
    xaxis: { title: "numbers kept of each vector", type: "category" },
    yaxis: { title: "tuned - base, 95 % interval" },
  };
  return { data, layout };
}

/** Each question as a dot: the rank of its passage before and after, on logarithmic axes. */
export function drawRanks(
  changes: readonly ({ view: string } & RankChange)[],
  { dim, passages }: { dim: number; passages: number },
): Figure {
  const views = [...new Set(changes.map(({ view }) => view))];
  const data = views.map((name) => {
    const own = changes.filter(({ view }) => view === name);
    const [x, y] = [own.map(({ before }) => before), own.map(({ after }) => after)];
    return { name, type: "scatter", mode: "markers", x, y, marker: { size: 8, opacity: 0.5 } };
  });
  const axis = { type: "log", range: [-0.1, Math.log10(passages)], dtick: 1 };
  const same = { type: "line", x0: 1, y0: 1, x1: passages, y1: passages, line: { dash: "dot" } };
  const layout = {
    title: `Ranks at dim ${dim}`,
    width: 560,
    height: 500,
    xaxis: { ...axis, title: "rank with the base model" },
    yaxis: { ...axis, title: "rank with the tuned model" },
    shapes: [same],
  };
  return { data, layout };
}

/** How the cosines of right and of all other pairs are spread, for both models. */
export function drawSimilarities(
  found: Record<"base" | "tuned", Similarities>,
  title: string,
): Figure {
  const steps = { from: -0.4, to: 1, step: 0.05 };
  const data = both.flatMap((model) =>
    (["relevant", "irrelevant"] as const).map((kind) => {
      const { middles, shares } = shareByStep(found[model][kind], steps);
      const name = `${model}: ${kind === "relevant" ? "right" : "other"}`;
      const line = { color: colours[model], dash: kind === "relevant" ? "solid" : "dot" };
      return { name, type: "scatter", mode: "lines", x: middles, y: shares, line };
    }),
  );
  const yaxis = { title: `share of pairs, by steps of ${steps.step}` };
  const layout = {
    title,
    width: 640,
    height: 340,
    xaxis: { title: "cosine of question and passage" },
    yaxis,
  };
  return { data, layout };
}
