import { InputError } from "../common/index";

// In single precision at every step, as in NumPy: a value at a step's edge falls on the same side.
const f32 = Math.fround;

/** For each place of a vector the lowest value, and the width of one of 255 steps up to the highest. */
export interface Int8Ranges {
  starts: Float32Array;
  steps: Float32Array;
}

/**
 * The ranges of some vectors, place by place, for {@link quantizeInt8}. They should be many and like those to be
 * stored: a value outside the range is stored as its end.
 * @param vectors [n][dim], n > 0
 * @throws InputError when there is no vector, or they differ in length
 */
export function findRanges(vectors: readonly Float32Array[]): Int8Ranges {
  if (vectors.length === 0) throw new InputError("no vector to find ranges of; give some");
  const dim = vectors[0].length;
  const [starts, ends] = [Float32Array.from(vectors[0]), Float32Array.from(vectors[0])];
  for (const vector of vectors) {
    checkLength(vector, dim);
    for (let d = 0; d < dim; d++) {
      starts[d] = Math.min(starts[d], vector[d]);
      ends[d] = Math.max(ends[d], vector[d]);
    }
  }
  return { starts, steps: ends.map((end, d) => f32(end - starts[d]) / 255 || 1) };
}

/**
 * A vector as one byte a number: which of the range's steps it lies in, from -128.
 *
 * Source: sentence-transformers 6.2, `quantize_embeddings(precision="int8")`.
 * @throws InputError when vector and ranges differ in length
 */
export function quantizeInt8(vector: Float32Array, { starts, steps }: Int8Ranges): Int8Array {
  checkLength(vector, starts.length);
  return Int8Array.from(vector, (value, d) => {
    const step = Math.floor(f32(f32(value - starts[d]) / steps[d]));
    return Math.min(Math.max(step, 0), 255) - 128;
  });
}

/** The vector that int8 codes stand for: the middle of each step, so at most half a step off. */
export function restoreInt8(codes: Int8Array, { starts, steps }: Int8Ranges): Float32Array {
  return starts.map((start, d) => start + (codes[d] + 128.5) * steps[d]);
}

/**
 * A vector as one bit a number: 1 where it is above 0, the first number in the highest bit.
 *
 * Source: sentence-transformers 6.2, `quantize_embeddings(precision="ubinary")`.
 * @returns ceil(dim / 8) bytes
 */
export function quantizeBinary(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(vector.length / 8));
  vector.forEach((value, d) => {
    if (value > 0) bytes[d >> 3] |= 128 >> (d & 7);
  });
  return bytes;
}

/**
 * The vector that bits stand for: 1 or -1 a number. The cosine of two such vectors is 1 - 2h / dim, h being
 * the number of bits in which they differ (Hamming distance), so both rank alike.
 */
export function restoreBinary(bytes: Uint8Array, dim: number): Float32Array {
  return Float32Array.from({ length: dim }, (_, d) => (bytes[d >> 3] & (128 >> (d & 7)) ? 1 : -1));
}

function checkLength(vector: Float32Array, dim: number): void {
  if (vector.length === dim) return;
  throw new InputError(`a vector has ${vector.length} numbers, another ${dim}; give equal lengths`);
}
