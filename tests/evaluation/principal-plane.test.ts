import assert from "node:assert/strict";
import { test } from "node:test";
import { drawMap, projectToPlane } from "mrl/evaluation";

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
/** A cross in space: 4 along the third axis, 2 along the first, nothing along the second. */
const cross = [vector(0, 5, 4), vector(0, 5, -4), vector(2, 5, 0), vector(-2, 5, 0)];

test("the plane holds the two axes of largest variance, the larger first", () => {
  const { points, shares } = projectToPlane([cross]);
  // variances 2 · 16 and 2 · 4, so shares 0.8 and 0.2; a direction's sign is free
  assert.ok(Math.abs(shares[0] - 0.8) < 1e-9 && Math.abs(shares[1] - 0.2) < 1e-9, `${shares}`);
  const lengths = points[0].map((point) =>
    point.map((value) => Math.abs(Number(value.toFixed(6)))),
  );
  assert.deepEqual(lengths, [
    [4, 0],
    [4, 0],
    [0, 2],
    [0, 2],
  ]);
});

test("a set that is only shifted has the same points as the set itself", () => {
  const shifted = cross.map((row) => row.map((value) => value + 7));
  const [first, second] = projectToPlane([cross, shifted]).points;
  first.forEach((point, i) =>
    point.forEach((value, axis) => assert.ok(Math.abs(value - second[i][axis]) < 1e-6)),
  );
});

test("vectors that are all alike lie on one point, and no vector at all is refused", () => {
  const { points, shares } = projectToPlane([[vector(1, 2), vector(1, 2)]]);
  assert.deepEqual(
    points[0].map((point) => point.map(Math.abs)),
    [
      [0, 0],
      [0, 0],
    ],
  );
  assert.deepEqual(shares, [0, 0]);
  assert.throws(() => projectToPlane([[]]), /there is no vector to project/);
});

test("a group has one colour on both sides of the map, and its name once in the legend", () => {
  const texts = ["a", "b", "a", "b"].map((group, i) => ({ group, name: `text ${i}` }));
  type Dots = { name: string; text: string[]; showlegend: boolean; marker: { color: string } };
  const dots = drawMap({ base: cross, tuned: cross }, texts).data as Dots[];
  assert.deepEqual(
    dots.map(({ name, text, showlegend }) => [name, text, showlegend]),
    [
      ["a", ["text 0", "text 2"], true],
      ["b", ["text 1", "text 3"], true],
      ["a", ["text 0", "text 2"], false],
      ["b", ["text 1", "text 3"], false],
    ],
  );
  assert.equal(dots[0].marker.color, dots[2].marker.color);
  assert.notEqual(dots[0].marker.color, dots[1].marker.color);
});
