import type { Encoder } from "./types";
import { truncate } from "./vectors";

/**
 * The same model with a memory: a text that it has encoded before in the same role is not encoded again.
 *
 * Several test sets over one corpus then cost one pass over the corpus. The vectors stay in memory, at full
 * width.
 */
export function rememberVectors(model: Encoder): Encoder {
  const createMemory = (): Map<string, Float32Array> => new Map();
  const memories = { query: createMemory(), passage: createMemory(), plain: createMemory() };
  return {
    dim: model.dim,
    async encode(texts, { dim = model.dim, role, onProgress, signal } = {}) {
      const known = memories[role ?? "plain"];
      const fresh = [...new Set(texts)].filter((text) => !known.has(text));
      if (fresh.length > 0) {
        const vectors = await model.encode(fresh, { role, onProgress, signal });
        fresh.forEach((text, i) => known.set(text, vectors[i]));
      }
      const vectors = texts.map((text) => known.get(text)!);
      return dim === model.dim ? vectors : vectors.map((vector) => truncate(vector, dim));
    },
  };
}
