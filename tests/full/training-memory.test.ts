import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { test } from "node:test";

const child = path.join(process.cwd(), "tests", ".build", "full", "train-batches.js");

interface Measured {
  peakBytes: number;
  /** Resident memory outside JavaScript's heap, and what that heap holds, after each update. */
  bytes: number[];
  heap: number[];
  tensors: number[];
}

/**
 * Has glibc give each block above 128 KB back when it is freed. It learns otherwise to keep such blocks, and how
 * it cuts them up then looks like a leak, or hides one.
 */
const giveBack = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };

/** Trains MiniLM in a process of its own. */
function train(batchSize: number, updates: number, tokens: number, variables = {}): Measured {
  const args = ["--expose-gc", child, String(batchSize), String(updates), String(tokens)];
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
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
  const { bytes, heap, tensors } = train(8, 200, 30, giveBack);
  assert.equal(new Set(tensors.slice(2)).size, 1, tensors.join());
  // A leak grows in every window of 20 updates: a hidden state forgotten at each would make 10 MB a window.
  assert.ok(median(growths(bytes)) < 1e6, `${growths(bytes).join()} bytes more a window`);
  assert.ok(bytes.at(-1)! < bytes[40] + 10e6, `${bytes.at(-1)! - bytes[40]} bytes more`);
  assert.ok(
    median(growths(heap)) < 0.3e6,
    `${growths(heap).join()} bytes more in JavaScript's heap`,
  );
});

/** By how much the mean of 20 values exceeds that of the 20 before, from the third window on. */
function growths(values: number[]): number[] {
  const means = Array.from({ length: values.length / 20 }, (_, i) =>
    mean(values.slice(20 * i, 20 * i + 20)),
  );
  return means.slice(2).map((value, i) => value - means[i + 1]);
}

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
