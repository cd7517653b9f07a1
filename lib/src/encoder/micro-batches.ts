import type { MicroBatch } from "./embeddings";

/** A micro-batch with the places that its texts have in the input. */
export interface PlannedBatch extends MicroBatch {
  /** Input index of each row. */
  rows: number[];
}

/**
 * Sorts texts by length and packs them into micro-batches of at most `maxBatchTokens` padded tokens
 * (a longer text gets one of its own). Similar lengths leave little padding; equal inputs give equal plans.
 * @param tokens     token ids of each text
 * @param padTokenId id that fills the rest of a row
 */
export function planMicroBatches(
  tokens: readonly (readonly number[])[],
  maxBatchTokens: number,
  padTokenId: number,
): PlannedBatch[] {
  const order = tokens
    .map((_, i) => i)
    .sort((a, b) => tokens[b].length - tokens[a].length || a - b);
  const plans: PlannedBatch[] = [];
  for (let start = 0; start < order.length;) {
    const T = tokens[order[start]].length;
    const rows = order.slice(start, start + Math.max(1, Math.floor(maxBatchTokens / T)));
    plans.push(pad(rows, tokens, T, padTokenId));
    start += rows.length;
  }
  return plans;
}

function pad(
  rows: number[],
  tokens: readonly (readonly number[])[],
  T: number,
  padTokenId: number,
): PlannedBatch {
  const ids = new Int32Array(rows.length * T).fill(padTokenId);
  rows.forEach((row, i) => ids.set(tokens[row], i * T));
  return { rows, ids, lengths: rows.map((row) => tokens[row].length), T };
}
