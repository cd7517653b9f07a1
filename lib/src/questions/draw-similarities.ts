import type { QuestionRow } from "../common/index";
import type { Figure } from "./figures";
import type { FilteredQuestions } from "./filter-questions";

const step = 0.02;
/** Of the palette of `mrl/notebook`. */
const colours = { passes: "#0072B2", dropped: "#D55E00" };

/** One of the two cosines that the filter decides on. */
interface Panel {
  /** A cosine a question; undefined where there is none. */
  values: readonly (number | undefined)[];
  threshold: number;
  /** The threshold's rule: what lies above it is dropped, or what lies below it. */
  drops: "above" | "below";
  /** Plotly's number of the panel's axes: none for the first. */
  axis: "" | "2";
}

/**
 * The cosines that the filter decides on, as two histograms with the thresholds as dotted lines: of each
 * question and its passage, and of each question and the nearest one kept before it on the same passage.
 * Hovering a bar shows one of its questions.
 * @param rows what was filtered, in the order of `similarities` and `nearest`
 */
export function drawSimilarities(
  rows: readonly QuestionRow[],
  { similarities, nearest }: Pick<FilteredQuestions, "similarities" | "nearest">,
  thresholds: { minQuestionPassage: number; maxQuestionQuestion: number },
): Figure {
  const [low, high] = [thresholds.minQuestionPassage, thresholds.maxQuestionQuestion];
  const questions = rows.map(({ question }) => question);
  const compared = nearest.filter((value) => value !== undefined).length;
  return {
    data: [
      ...drawBars(questions, { values: similarities, threshold: low, drops: "below", axis: "" }),
      ...drawBars(questions, { values: nearest, threshold: high, drops: "above", axis: "2" }),
    ],
    layout: {
      title: `Cosines of ${rows.length} questions`,
      barmode: "stack",
      grid: { rows: 1, columns: 2, pattern: "independent" },
      xaxis: { title: `cosine of question and passage (n = ${similarities.length})` },
      xaxis2: { title: `cosine with a question kept before (n = ${compared})` },
      yaxis: { title: `questions in steps of ${step}` },
      yaxis2: { title: `questions in steps of ${step}` },
      shapes: [markThreshold(low, "x"), markThreshold(high, "x2")],
    },
  };
}

/** Bars of the questions that pass and of those that are dropped; the threshold is an edge between two bars. */
function drawBars(questions: readonly string[], panel: Panel): object[] {
  const bins = new Map<number, string[]>();
  panel.values.forEach((value, i) => {
    if (value === undefined) return;
    const place = Math.floor((value - panel.threshold) / step);
    bins.set(place, [...(bins.get(place) ?? []), questions[i]]);
  });
  return (["passes", "dropped"] as const).map((name) => {
    const isAbove = (name === "dropped") === (panel.drops === "above");
    const own = [...bins].filter(([place]) => place >= 0 === isAbove);
    return {
      type: "bar",
      name,
      legendgroup: name,
      showlegend: panel.axis === "",
      x: own.map(([place]) => panel.threshold + (place + 0.5) * step),
      y: own.map(([, texts]) => texts.length),
      width: step * 0.9,
      customdata: own.map(([, texts]) => shorten(texts[0])),
      hovertemplate: "near %{x:.2f}: %{y} questions<br>such as: %{customdata}<extra></extra>",
      marker: { color: colours[name] },
      xaxis: `x${panel.axis}`,
      yaxis: `y${panel.axis}`,
    };
  });
}

function shorten(text: string): string {
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}

function markThreshold(x: number, xref: string): object {
  return { type: "line", xref, x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { dash: "dot" } };
}
