import type { QuestionRow } from "../common/index";
import type { FilteredQuestions } from "./filter-questions";

/** A plotly figure, for `showPlot(figure.data, figure.layout)`. */
export interface Figure {
  data: object[];
  layout: object;
}

/** How many questions begin with each of the most frequent first words. */
export function drawOpenings(rows: readonly QuestionRow[], words = 12): Figure {
  const counts = new Map<string, number>();
  for (const { question } of rows) {
    const word = question.trim().split(/\s+/)[0].toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, words);
  return {
    data: [{ type: "bar", x: most.map(([word]) => word), y: most.map(([, count]) => count) }],
    layout: {
      title: `First words of ${rows.length} questions`,
      xaxis: { title: `first word, the ${most.length} most frequent` },
      yaxis: { title: "questions" },
    },
  };
}

/** How much of its passage each answer takes, as a histogram. */
export function drawAnswerShares(rows: readonly QuestionRow[]): Figure {
  const shares = rows.map(({ answer, text }) => (100 * answer.length) / text.length);
  return {
    data: [{ type: "histogram", x: shares, xbins: { start: 0, end: 100, size: 2 } }],
    layout: {
      title: `Length of ${rows.length} answers against their passages`,
      xaxis: { title: "answer's characters, % of the passage's", rangemode: "tozero" },
      yaxis: { title: "questions" },
    },
  };
}

/**
 * The cosines that the filter decides on, as two histograms with the thresholds as dotted lines: of each
 * question and its passage, and of each question and the nearest one kept before it on the same passage.
 */
export function drawSimilarities(
  { similarities, nearest }: Pick<FilteredQuestions, "similarities" | "nearest">,
  thresholds: { minQuestionPassage: number; maxQuestionQuestion: number },
): Figure {
  const neighbours = nearest.filter((value) => value !== undefined);
  const histogram = { type: "histogram", xbins: { size: 0.02 } };
  return {
    data: [
      { ...histogram, x: similarities },
      { ...histogram, x: neighbours, xaxis: "x2", yaxis: "y2" },
    ],
    layout: {
      title: "Cosines, with the thresholds dotted",
      showlegend: false,
      grid: { rows: 1, columns: 2, pattern: "independent" },
      xaxis: { title: `question and its passage (n = ${similarities.length})` },
      xaxis2: { title: `question and one kept before (n = ${neighbours.length})` },
      yaxis: { title: "questions" },
      yaxis2: {},
      shapes: [
        markThreshold(thresholds.minQuestionPassage, "x"),
        markThreshold(thresholds.maxQuestionQuestion, "x2"),
      ],
    },
  };
}

function markThreshold(x: number, xref: string): object {
  return { type: "line", xref, x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { dash: "dot" } };
}
