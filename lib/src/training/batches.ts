import { createRandom } from "../common/index";

/** A question with the passage that answers it. */
export interface Pair {
  question: string;
  text: string;
  /** Two pairs of one chunk never share a batch. */
  chunkId: number;
  /** Passages that do not answer it, besides those of the other pairs; from `mineHardNegatives`. */
  hardNegatives?: readonly string[];
}

/**
 * Batches of one epoch, seeded: pairs are shuffled, and each batch takes the next ones that share neither
 * chunk nor any text with it (sentence-transformers' no-duplicates sampler): no pair's own passage is another's
 * hard negative. Every pair comes once, and the last batches may be smaller.
 * @param dropLast leaves out batches that are smaller than the epoch's first
 * @returns indices into `pairs`
 */
export function planEpoch(
  pairs: readonly Pair[],
  batchSize: number,
  seed: number,
  epoch: number,
  dropLast: boolean = false,
): number[][] {
  let waiting = createRandom(seed, epoch).shuffle(pairs.map((_, i) => i));
  const batches: number[][] = [];
  while (waiting.length > 0) {
    const batch: number[] = [];
    const taken = new Set<string | number>();
    const later: number[] = [];
    for (const index of waiting) {
      const { question, text, chunkId, hardNegatives = [] } = pairs[index];
      const keys = [chunkId, question, text, ...hardNegatives];
      if (batch.length === batchSize || keys.some((key) => taken.has(key))) {
        later.push(index);
      } else {
        batch.push(index);
        keys.forEach((key) => taken.add(key));
      }
    }
    batches.push(batch);
    waiting = later;
  }
  return dropLast ? batches.filter(({ length }) => length === batches[0].length) : batches;
}

/** Groups of `accumulation` batches; each becomes one update, the last one of what is left. */
export function groupBatches<T>(batches: readonly T[], accumulation: number): T[][] {
  const groups: T[][] = [];
  for (let i = 0; i < batches.length; i += accumulation)
    groups.push(batches.slice(i, i + accumulation));
  return groups;
}
