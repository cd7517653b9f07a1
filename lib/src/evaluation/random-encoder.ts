import { createRandom, sha256 } from "../common/index";
import type { Encoder } from "./types";
import { truncate } from "./vectors";

/**
 * A model that knows nothing: each text gets a direction drawn at random, the same one every time.
 * What it scores is chance, the floor under every other row of a table.
 * @param dim  width of its vectors
 * @param seed another seed gives other directions
 */
export function createRandomEncoder(dim: number, seed: number): Encoder {
  const draw = (text: string): Float32Array => {
    const random = createRandom(seed, parseInt(sha256(text).slice(0, 8), 16) | 0);
    return truncate(
      Float32Array.from({ length: dim }, () => random.normal()),
      dim,
    );
  };
  return { dim, encode: async (texts) => texts.map(draw) };
}
