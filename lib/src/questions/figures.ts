import type { QuestionRow } from "../common/index";

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
      xaxis: { title: `first word of a question, the ${most.length} most frequent` },
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
