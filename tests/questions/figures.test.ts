import assert from "node:assert/strict";
import { test } from "node:test";
import { drawAnswerShares, drawOpenings, drawSimilarities } from "mrl/questions";

function makeRows(questions: string[]) {
  return questions.map((question, index) => ({
    global_chunk_id: 0,
    text: "x".repeat(200),
    question_id: index + 1,
    question,
    answer: "y".repeat(10 * (index + 1)),
    page: "p.html",
  }));
}

type Trace = { x: unknown[]; y?: number[] };
const traceOf = ({ data }: { data: object[] }, index = 0): Trace => data[index] as Trace;

test("first words are counted whatever their case, the most frequent first", () => {
  const rows = makeRows(["How a?", "What b?", "how c?", " How d?", "Which e?", "what f?"]);
  const { x, y } = traceOf(drawOpenings(rows, 2));
  assert.deepEqual(
    [x, y],
    [
      ["how", "what"],
      [3, 2],
    ],
  );
});

test("an answer of 10 characters in a passage of 200 takes 5 %", () => {
  assert.deepEqual(traceOf(drawAnswerShares(makeRows(["a", "b"]))).x, [5, 10]);
});

test("both thresholds stand in the figure, each in its own half, and missing neighbours are left out", () => {
  const cosines = { similarities: [0.1, 0.5, 0.6], nearest: [undefined, undefined, 0.7] };
  const figure = drawSimilarities(cosines, { minQuestionPassage: 0.25, maxQuestionQuestion: 0.78 });
  assert.deepEqual([traceOf(figure).x, traceOf(figure, 1).x], [[0.1, 0.5, 0.6], [0.7]]);
  const { shapes } = figure.layout as { shapes: { xref: string; x0: number; x1: number }[] };
  assert.deepEqual(
    shapes.map(({ xref, x0, x1 }) => [xref, x0, x1]),
    [
      ["x", 0.25, 0.25],
      ["x2", 0.78, 0.78],
    ],
  );
});
