import type { Encoder } from "./types";
import { truncate } from "./vectors";

/**
 * The same model with a memory: a text that it has encoded before is not encoded again.
 *
 * Several test sets over one corpus then cost one pass over the corpus. The vectors stay in memory, at full
 * width.
 */
export function rememberVectors(model: Encoder): Encoder {
  const known = new Map<string, Float32Array>();
  return {
    dim: model.dim,
    async encode(texts, { dim = model.dim, onProgress, signal } = {}) {
      const fresh = [...new Set(texts)].filter((text) => !known.has(text));
      if (fresh.length > 0) {
        const vectors = await model.encode(fresh, { onProgress, signal });
        fresh.forEach((text, i) => known.set(text, vectors[i]));
      }
      const vectors = texts.map((text) => known.get(text)!);
      return dim === model.dim ? vectors : vectors.map((vector) => truncate(vector, dim));
    },
  };
}
