import { InputError } from "../common/index";

/**
 * The first `dim` numbers of a vector, scaled to unit length: what a Matryoshka model's shorter vector is.
 * A vector of zeros stays one.
 * @throws InputError when the vector is shorter than that
 */
export function truncate(vector: Float32Array, dim: number): Float32Array {
  const short = new Float32Array(checkDim(dim, vector.length));
  writeTruncated(vector, short);
  return short;
}

/**
 * Cosine of the angle between two vectors, -1 to 1; 0 when one of them is all zeros.
 * @throws InputError when their lengths differ
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new InputError(
      `vectors of ${a.length} and ${b.length} numbers have no cosine; truncate both to one dim`,
    );
  }
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i] * b[i];
  const lengths = Math.sqrt(sumSquares(a, a.length) * sumSquares(b, b.length));
  return lengths === 0 ? 0 : dot / lengths;
}

/** Writes the first `target.length` numbers of `vector` there, scaled to unit length. */
export function writeTruncated(vector: Float32Array, target: Float32Array): void {
  const length = Math.sqrt(sumSquares(vector, target.length));
  const scale = length === 0 ? 0 : 1 / length;
  for (let i = 0; i < target.length; i++) target[i] = vector[i] * scale;
}

/**
 * Returns `dim` if vectors of `modelDim` numbers can be cut to it.
 * @throws InputError naming both
 */
export function checkDim(dim: number, modelDim: number): number {
  if (Number.isInteger(dim) && dim >= 1 && dim <= modelDim) return dim;
  throw new InputError(
    `dim is ${dim}; allowed: a whole number from 1 to ${modelDim}, the model's own`,
  );
}

function sumSquares(vector: Float32Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += vector[i] * vector[i];
  return sum;
}
