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

test("each question is in a bar that passes or is dropped, the threshold between the two", () => {
  const rows = makeRows(["far", "on the line", "near", "repeats"]);
  const cosines = {
    similarities: [0.24, 0.25, 0.255, 0.6],
    nearest: [undefined, undefined, 0.7, 0.78],
  };
  const figure = drawSimilarities(rows, cosines, {
    minQuestionPassage: 0.25,
    maxQuestionQuestion: 0.78,
  });
  type Bars = { name: string; xaxis: string; y: number[]; customdata: string[] };
  assert.deepEqual(
    (figure.data as Bars[]).map(({ name, xaxis, y, customdata }) => [name, xaxis, y, customdata]),
    [
      ["passes", "x", [2, 1], ["on the line", "repeats"]],
      ["dropped", "x", [1], ["far"]],
      ["passes", "x2", [1], ["near"]],
      ["dropped", "x2", [1], ["repeats"]],
    ],
  );
  const { shapes } = figure.layout as { shapes: { xref: string; x0: number; x1: number }[] };
  assert.deepEqual(
    shapes.map(({ xref, x0, x1 }) => [xref, x0, x1]),
    [
      ["x", 0.25, 0.25],
      ["x2", 0.78, 0.78],
    ],
  );
});
