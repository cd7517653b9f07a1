import assert from "node:assert/strict";
import { test } from "node:test";
import { drawRanks, drawSimilarities } from "mrl/evaluation";

test("a question is a dot at its ranks, and is named where they differ twofold or more", () => {
  const changes = [
    { view: "unseen", query: "a", before: 8, after: 1, gain: 3, question: "How far?" },
    {
      view: "unseen",
      query: "b",
      before: 3,
      after: 2,
      gain: Math.log2(1.5),
      question: "A little?",
    },
    { view: "seen", query: "c", before: 1, after: 2, gain: -1, question: "Back?" },
  ];
  type Dots = {
    name: string;
    x: number[];
    y: number[];
    text: string[];
    marker: { symbol: string };
  };
  const { data } = drawRanks(changes, { dim: 128, passages: 100 });
  assert.deepEqual(
    (data as Dots[]).map(({ name, x, y, text }) => [name, x, y, text]),
    [
      ["unseen (n = 2)", [8, 3], [1, 2], ["How far?", ""]],
      ["seen (n = 1)", [1], [2], ["Back?"]],
    ],
  );
  const shapes = (data as Dots[]).map(({ marker }) => marker.symbol);
  assert.equal(new Set(shapes).size, 2);
});

test("right pairs have a solid line and others a dotted one, in the colour of the model", () => {
  const pairs = { relevant: [0.9], irrelevant: [0.1] };
  const { data } = drawSimilarities({ base: pairs, tuned: pairs }, "Cosines");
  type Line = { name: string; y: number[]; line: { color: string; dash: string } };
  const lines = data as Line[];
  assert.deepEqual(
    lines.map(({ name, line }) => [name, line.color, line.dash]),
    [
      ["base: right", "#E69F00", "solid"],
      ["base: other", "#E69F00", "dot"],
      ["tuned: right", "#0072B2", "solid"],
      ["tuned: other", "#0072B2", "dot"],
    ],
  );
  for (const { y } of lines) assert.equal(y.filter((share) => share > 0).length, 1);
});
