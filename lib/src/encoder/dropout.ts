import { mixBits } from "../common/index";

/**
 * Seeded dropout (Srivastava et al. 2014, section 4) at one place of the network: the share of values set to 0,
 * and the key from which alone it follows which ones. A recomputed forward pass drops the same values. What is
 * kept is divided by 1 − rate.
 */
export interface Dropout {
  rate: number;
  key: readonly [number, number];
}

/** Gives each place of the network its dropout; null: off, as in encoding and evaluation. */
export type DropoutKey = readonly number[] | null;

/** Places within a layer where values are dropped. */
export const sites = { attention: 0, attentionOutput: 1, output: 2 } as const;

/**
 * Dropout at a place.
 * @param key   seed, step, batch, micro-batch: whatever the dropped values should depend on
 * @param layer number of the layer, −1 for the embeddings
 */
export function dropoutAt(key: DropoutKey, rate: number, layer: number, site: number): Dropout {
  if (!key || rate === 0) return { rate: 0, key: [0, 0] };
  return { rate, key: hashKey([...key, layer, site]) };
}

/** Two independent 32-bit hashes of the key's parts. */
function hashKey(key: number[]): [number, number] {
  const hash = (start: number): number =>
    key.reduce((mixed, part) => mixBits(mixed ^ Math.imul(part + 1, 0x9e3779b1)), start) | 0;
  return [hash(0x2545f491), hash(0x6c8e9cf5)];
}
