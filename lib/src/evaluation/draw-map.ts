import type { Figure } from "./figures";
import { projectToPlane } from "./principal-plane";

/** Okabe and Ito's colours in the order of `mrl/notebook`, each with the signs below before it comes again. */
const colours = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000"];
const signs = ["circle", "diamond", "cross"];

/**
 * Texts as dots on one plane, before and after training side by side; texts of a group share a colour.
 * @param vectors of each model, one a text in the same order
 * @param texts the group of each text, and what hovering shows
 */
export function drawMap(
  vectors: Record<"base" | "tuned", readonly Float32Array[]>,
  texts: readonly { group: string; name: string }[],
): Figure {
  const { points, shares } = projectToPlane([vectors.base, vectors.tuned]);
  const groups = [...new Set(texts.map(({ group }) => group))].sort();
  const data = points.flatMap((set, model) =>
    groups.map((group, g) => {
      const own = texts.flatMap((text, i) => (text.group === group ? [i] : []));
      return {
        type: "scatter",
        mode: "markers",
        name: group,
        legendgroup: group,
        showlegend: model === 0,
        x: own.map((i) => round(set[i][0])),
        y: own.map((i) => round(set[i][1])),
        text: own.map((i) => texts[i].name),
        hovertemplate: "%{text}<extra></extra>",
        marker: {
          size: 6,
          opacity: 0.7,
          color: colours[g % colours.length],
          symbol: signs[Math.floor(g / colours.length) % signs.length],
        },
        xaxis: model === 0 ? "x" : "x2",
      };
    }),
  );
  const [x, y] = shares.map((share) => `${(100 * share).toFixed(0)} % of the variance`);
  return { data, layout: layOut(texts.length, x, y) };
}

function layOut(count: number, x: string, y: string): Record<string, unknown> {
  return {
    title: `${count} passages on the plane in which they differ most`,
    width: 880,
    height: 520,
    grid: { rows: 1, columns: 2, subplots: [["xy", "x2y"]] },
    legend: { orientation: "h", x: 0, xanchor: "left", y: -0.2, yanchor: "top" },
    xaxis: { title: `base model: 1st component, ${x}` },
    xaxis2: { title: `tuned model: 1st component, ${x}`, matches: "x" },
    yaxis: { title: `2nd component, ${y}` },
  };
}

/** Three decimals are more than a dot's width. */
function round(value: number): number {
  return Math.round(1000 * value) / 1000;
}
