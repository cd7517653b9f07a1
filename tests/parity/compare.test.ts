import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVectors, greatest } from "./compare";
import { compareParameters, measureDistances } from "./compare-parameters";
import { holds } from "./report";

test("the greatest difference is that of the numbers furthest apart", () => {
  assert.equal(greatest([1, 5, 2], [1, 2, 4]), 3);
});

test("a NaN makes the greatest difference NaN, wherever it stands, and a NaN is within no bound", () => {
  for (const found of [
    [NaN, 1, 2],
    [0, NaN, 2],
    [0, 1, NaN],
  ]) {
    const difference = greatest(found, [0, 1, 2]);
    assert.ok(Number.isNaN(difference));
    assert.ok(!holds({ check: "", detail: "", difference, bound: 1e9 }));
  }
  assert.ok(Number.isNaN(greatest([1], [1, 2])));
});

test("vectors that hold a NaN, or are too few, do not hold", () => {
  const [good, bad] = [Float32Array.of(0.6, 0.8), Float32Array.of(NaN, 0.8)];
  assert.ok(compareVectors("", [good], [good]).every(holds));
  assert.ok(!compareVectors("", [bad, good], [good, good]).some(holds));
  assert.ok(!compareVectors("", [good], [good, good]).some(holds));
});

test("of two parameters the worse one counts by its share, and a zero one by its own measure", () => {
  const vector = (...data: number[]) => ({ data: Float32Array.from(data) });
  const expected = new Map([
    ["large", vector(30, 40)],
    ["small", vector(3, 4)],
    ["zero", vector(0, 0, 0, 1e-9)],
  ]);
  const found = new Map([
    ["large", vector(30, 41)], // 1 of 50
    ["small", vector(3, 4.5)], // 0.5 of 5
    ["zero", vector(0, 0, 0, 0.5)],
  ]);
  const [others, zero] = compareParameters(
    "",
    measureDistances(found, expected),
    new Set(["zero"]),
    { what: "zero", unit: ({ size }) => Math.sqrt(size), bound: 0.2 },
  );
  assert.match(others.detail, /2 parameters, worst small/);
  assert.ok(Math.abs(others.difference - 0.1) < 1e-7);
  assert.ok(Math.abs(zero.difference - 0.25) < 1e-7);
  assert.deepEqual([holds(others), holds(zero)], [false, false]);
});
