import { findRanges, quantizeBinary, quantizeInt8, restoreBinary, restoreInt8 } from "./quantize";
import type { Encoder } from "./types";
import { checkDim, truncate } from "./vectors";

/**
 * How vectors are stored: `float32`, `int8` and `binary` are passages in that form with whole-precision
 * questions; in `hamming` the questions are bits too.
 */
export type StoredForm = "float32" | "int8" | "binary" | "hamming";

/** The forms, from the largest to the smallest and fastest to compare. */
export const storedForms: readonly StoredForm[] = ["float32", "int8", "binary", "hamming"];

/** Bytes that a stored vector of `dim` numbers takes. */
export function bytesPerVector(form: StoredForm, dim: number): number {
  if (form === "float32") return 4 * dim;
  return form === "int8" ? dim : Math.ceil(dim / 8);
}

/**
 * A model as {@link evaluateRetrieval} sees it through an index that stores short, coarse vectors: cut to `dim`,
 * stored in `form`, and read back. A question's vector is not stored, so it need not be coarse (but in `hamming`).
 * Ranges of int8 are those of the passages encoded together.
 * @throws InputError for a dim above the model's
 */
export function quantizePassages(model: Encoder, dim: number, form: StoredForm): Encoder {
  checkDim(dim, model.dim);
  return {
    dim,
    async encode(texts, options = {}) {
      const whole = await model.encode(texts, { ...options, dim: model.dim });
      const vectors = whole.map((vector) => truncate(vector, dim));
      const stored = options.role === "passage" || form === "hamming";
      return stored ? storeAndRestore(vectors, form) : vectors;
    },
  };
}

function storeAndRestore(vectors: Float32Array[], form: StoredForm): Float32Array[] {
  if (form === "float32" || vectors.length === 0) return vectors;
  if (form === "int8") {
    const ranges = findRanges(vectors);
    return vectors.map((vector) => restoreInt8(quantizeInt8(vector, ranges), ranges));
  }
  return vectors.map((vector) => restoreBinary(quantizeBinary(vector), vector.length));
}
