/**
 * Okabe and Ito's eight colours, which colour-blind readers can tell apart too, in the order in which series take
 * them (jfly.uni-koeln.de/color, 2008).
 */
export const palette: string[] = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#D55E00",
  "#56B4E9",
  "#CC79A7",
  "#000000",
  "#F0E442",
];

const ink = "#333333";
const line = "#dddddd";

/** The look that every figure starts from; what a figure's own layout says comes first. */
export const defaultLayout: Record<string, unknown> = {
  width: 720,
  height: 420,
  colorway: palette,
  font: { family: "Open Sans, Verdana, sans-serif", size: 13, color: ink },
  title: { x: 0.02, xanchor: "left", font: { size: 17 } },
  paper_bgcolor: "#ffffff",
  plot_bgcolor: "#ffffff",
  margin: { l: 70, r: 24, t: 56, b: 64 },
  legend: {
    orientation: "h",
    traceorder: "normal",
    x: 1,
    xanchor: "right",
    y: 1.02,
    yanchor: "bottom",
  },
  hovermode: "closest",
};

const axis = {
  gridcolor: line,
  linecolor: ink,
  zerolinecolor: line,
  ticks: "outside",
  tickcolor: ink,
  automargin: true,
  title: { font: { size: 14 }, standoff: 12 },
};

/**
 * A figure's layout over the defaults. Titles may be plain strings, as older plotly took them, and every axis
 * that it names (`xaxis`, `yaxis2`, …), or at least `xaxis` and `yaxis`, gets the common look.
 */
export function applyTemplate(layout: object): Record<string, unknown> {
  const named = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
  const axes = Object.fromEntries(["xaxis", "yaxis", ...named].map((key) => [key, axis]));
  return merge({ ...defaultLayout, ...axes }, expandTitles(layout));
}

/** Plotly 3 and later know `title: {text}` only and leave a string out. */
function expandTitles(layout: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(layout).map(([key, value]) => {
      if (key === "title" && typeof value === "string") return [key, { text: value }];
      return [key, isPlain(value) ? expandTitles(value) : value];
    }),
  );
}

function merge(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isPlain(old) && isPlain(value) ? merge(old, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
