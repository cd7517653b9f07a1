import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { createRandom } from "mrl/common";
import type { EmbeddingLoss } from "mrl/losses";

export function lossOf(loss: EmbeddingLoss, questions: number[][], passages: number[][]): number {
  return tf.tidy(() => loss(tf.tensor2d(questions), tf.tensor2d(passages)).dataSync()[0]);
}

/** Seeded rows of normal numbers. */
export function drawRows(rows: number, width: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: width }, () => random.normal()));
}

export function assertNear(found: number, expected: number, tolerance: number = 1e-5): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);
}

/** Embeddings of four pairs, [4, 8] each. */
export const [questions, passages] = [drawRows(4, 8, 1), drawRows(4, 8, 2)];
