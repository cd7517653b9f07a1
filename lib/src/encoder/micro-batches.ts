/** Texts that pass through the model together, their tokens one after another without padding. */
export interface MicroBatch {
  /** Token ids of all texts, [N]. */
  ids: Int32Array;
  /** Tokens of each text, [B]. */
  lengths: number[];
  /** Where each text begins in `ids`, and N at the end, [B + 1]. */
  offsets: Int32Array;
  /** Input index of each text, [B]. */
  rows: number[];
}

/**
 * Sorts texts by length and packs them into micro-batches of at most `maxTokens` tokens (a longer text gets one
 * of its own). Equal inputs give equal plans.
 * @param tokens token ids of each text
 */
export function planMicroBatches(
  tokens: readonly (readonly number[])[],
  maxTokens: number,
): MicroBatch[] {
  const order = tokens
    .map((_, i) => i)
    .sort((a, b) => tokens[b].length - tokens[a].length || a - b);
  const plans: MicroBatch[] = [];
  for (let start = 0; start < order.length;) {
    let end = start;
    for (let sum = 0; end < order.length; end++) {
      sum += tokens[order[end]].length;
      if (end > start && sum > maxTokens) break;
    }
    plans.push(pack(order.slice(start, end), tokens));
    start = end;
  }
  return plans;
}

function pack(rows: number[], tokens: readonly (readonly number[])[]): MicroBatch {
  const lengths = rows.map((row) => tokens[row].length);
  const offsets = new Int32Array(rows.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = offsets[i] + length));
  const ids = new Int32Array(offsets[rows.length]);
  rows.forEach((row, i) => ids.set(tokens[row], offsets[i]));
  return { ids, lengths, offsets, rows };
}
