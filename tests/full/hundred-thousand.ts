import { createRandom } from "mrl/common";

/** Passages and vector length of the tests at scale. */
export const size = { passages: 100_000, dim: 384 };

/**
 * Random vectors whose numbers shrink with their place (as 1 / sqrt(1 + place / 16)), as a Matryoshka model's
 * do: the first ones say most. Each is the sum of two random stretches of one table of normal numbers, which is
 * quicker than drawing every number, and no two are equal.
 */
export function drawVectors(count: number, seed: number): Float32Array[] {
  const random = createRandom(seed);
  const table = Float32Array.from({ length: 1 << 20 }, random.normal);
  const scales = Float32Array.from({ length: size.dim }, (_, d) => 1 / Math.sqrt(1 + d / 16));
  const last = table.length - size.dim;
  return Array.from({ length: count }, () => {
    const [a, b] = [random.integer(last), random.integer(last)];
    return scales.map((scale, d) => scale * (table[a + d] + table[b + d]));
  });
}

/** Queries near passages: each is one passage (the first, the 101st, …) with as much noise again. */
export function drawQueries(passages: readonly Float32Array[], count: number): Float32Array[] {
  const noise = drawVectors(count, 99);
  return noise.map((vector, q) => vector.map((value, d) => value + passages[q * 100][d]));
}
