import assert from "node:assert/strict";
import { test } from "node:test";
import { drawTraining, meanOfLast } from "mrl/training";

test("a mean of the last two is of one at the start", () => {
  assert.deepEqual(meanOfLast([4, 2, 6], 2), [4, 3, 4]);
});

test("the loss stands above the rate, over one axis of updates", () => {
  const updates = [1, 2].map((update) => ({
    type: "update" as const,
    update,
    updates: 2,
    epoch: 0,
    loss: 8 / update,
    lr: update * 1e-5,
    gradientNorm: 1,
    tokens: 1,
    seconds: 1,
  }));
  const { data, layout } = drawTraining(updates, 2);
  assert.deepEqual(
    (data as { yaxis: string; x: number[]; y: number[] }[]).map(({ yaxis, x, y }) => [yaxis, x, y]),
    [
      ["y", [1, 2], [8, 4]],
      ["y", [1, 2], [8, 6]],
      ["y2", [1, 2], [1e-5, 2e-5]],
    ],
  );
  const { yaxis, yaxis2 } = layout as Record<string, { domain: number[] }>;
  assert.ok(yaxis.domain[0] > yaxis2.domain[1]);
});
