import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { test } from "node:test";

const child = path.join(process.cwd(), "tests", ".build", "full", "train-batches.js");

interface Measured {
  peakBytes: number;
  bytes: number[];
  tensors: number[];
}

/** Trains MiniLM in a process of its own. */
function train(batchSize: number, updates: number, tokens: number): Measured {
  const args = [child, String(batchSize), String(updates), String(tokens)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measured;
}

test("a batch of 512 pairs as real in-batch negatives trains in the memory of 32, the kept activations aside", () => {
  const few = train(32, 2, 200);
  const many = train(512, 1, 200);
  // 32 pairs keep 0.8 GB of activations, 512 the 1 GB that is the limit; 1024 embeddings are 1.6 MB.
  assert.ok(many.peakBytes < few.peakBytes + 0.4e9, `${many.peakBytes} against ${few.peakBytes}`);
});

test("200 updates leave tensor count and resident memory where they were", () => {
  const { bytes, tensors } = train(8, 200, 30);
  assert.equal(new Set(tensors.slice(2)).size, 1, tensors.join());
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const growth = mean(bytes.slice(-20)) - mean(bytes.slice(40, 60));
  assert.ok(growth < 30e6, `${growth} bytes more after 140 updates`);
});
