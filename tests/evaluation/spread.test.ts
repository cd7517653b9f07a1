import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSpread, drawSpread, mean } from "mrl/evaluation";

test("the spread is the mean, and the lowest and highest in brackets; of one value it is the value", () => {
  assert.equal(describeSpread([0.7, 0.5, 0.9]), "0.700 (0.500 to 0.900)");
  assert.equal(describeSpread([-0.01, 0.02], 2), "0.01 (-0.01 to 0.02)");
  assert.equal(describeSpread([0.5]), "0.500");
  assert.equal(describeSpread([-0.0001, 0.0002, -0.0004]), "0.000 (0.000 to 0.000)");
  assert.equal(mean([1, 2, 6]), 3);
});

test("no values have no mean and no spread", () => {
  assert.throws(() => mean([]), /no values to take the mean of/);
  assert.throws(() => describeSpread([]), /no values to take the mean of/);
});

test("a line of spreads has the means, and bars to the highest and the lowest where values are several", () => {
  const line = drawSpread("MRL", ["8", "4"], [[1, 2, 6], [5]]) as {
    y: number[];
    error_y: Record<string, unknown>;
  };
  assert.deepEqual(line.y, [3, 5]);
  assert.deepEqual(line.error_y.array, [3, 0]);
  assert.deepEqual(line.error_y.arrayminus, [2, 0]);
  assert.equal(line.error_y.visible, true);
  const single = drawSpread("MRL", [1], [[5]]) as typeof line;
  assert.equal(single.error_y.visible, false);
});
