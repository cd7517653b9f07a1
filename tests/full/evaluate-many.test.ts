import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { test } from "node:test";

test("evaluating against 100,000 passages of 384 numbers and 750 characters takes less than 2 GB", (t) => {
  const script = path.join(__dirname, "evaluate-many.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const result = JSON.parse(stdout) as {
    metrics: Record<string, number>;
    evaluated: number;
    seconds: number;
    peakGb: number;
  };
  assert.equal(result.evaluated, 32);
  // Half of a query is its passage: that cosine is near 1/√2 (above 0.6), any other below 0.5.
  assert.equal(result.metrics["dim_384_cosine_accuracy@1"], 1);
  assert.ok(result.peakGb < 2, `${result.peakGb.toFixed(2)} GB`);
  t.diagnostic(`${result.peakGb.toFixed(2)} GB, ${result.seconds.toFixed(1)} s for 2 dimensions`);
});
