import { type Figure, modelColours } from "./figures";
import type { RankChange } from "./compare-ranks";
import { type Similarities, shareByStep } from "./similarities";

/** A ring and a cross: dots of two views at the same ranks are both seen. */
const symbols = ["circle-open", "x-thin-open"];

const both = ["base", "tuned"] as const;

/** Hovering shows so many characters of a question whose rank changed twofold or more: a notebook stores them all. */
const shownChars = 40;

/**
 * Each question as a dot: the rank of its passage before and after, on logarithmic axes.
 * @param changes hovering shows the beginning of the `question` where its rank changed much
 */
export function drawRanks(
  changes: readonly ({ view: string; question?: string } & RankChange)[],
  { dim, passages }: { dim: number; passages: number },
): Figure {
  const views = [...new Set(changes.map(({ view }) => view))];
  const data = views.map((name, i) => {
    const own = changes.filter(({ view }) => view === name);
    return {
      name: `${name} (n = ${own.length})`,
      type: "scatter",
      mode: "markers",
      x: own.map(({ before }) => before),
      y: own.map(({ after }) => after),
      text: own.map(({ question = "", gain }) =>
        Math.abs(gain) < 1 ? "" : question.slice(0, shownChars),
      ),
      hovertemplate: "%{text}<br>rank %{x} → %{y}<extra></extra>",
      marker: { size: 7, symbol: symbols[i % symbols.length], line: { width: 1 } },
    };
  });
  const axis = { type: "log", range: [-0.1, Math.log10(passages)], dtick: 1 };
  const same = { type: "line", x0: 1, y0: 1, x1: passages, y1: passages, line: { dash: "dot" } };
  const layout = {
    title: `Rank of the right passage among ${passages}, dim ${dim}`,
    width: 460,
    height: 420,
    legend: { orientation: "v", x: 0.02, xanchor: "left", y: 0.99, yanchor: "top" },
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
      const line = { color: modelColours[model], dash: kind === "relevant" ? "solid" : "dot" };
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
