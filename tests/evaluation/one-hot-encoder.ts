import type { Encoder } from "mrl/evaluation";

/**
 * A model whose vectors are written down: the cosine of two texts follows from the table by hand.
 * It notes what it was asked for.
 */
export function createTableEncoder(
  table: Record<string, number[]>,
): Encoder & { asked: string[][]; roles: (string | undefined)[] } {
  const asked: string[][] = [];
  const roles: (string | undefined)[] = [];
  const dim = Object.values(table)[0].length;
  return {
    dim,
    asked,
    roles,
    async encode(texts, { role, onProgress } = {}) {
      asked.push([...texts]);
      roles.push(role);
      onProgress?.(texts.length, texts.length);
      return texts.map((text) => Float32Array.from(table[text]));
    },
  };
}

/** The unit vector along one axis of `dim`. */
export function oneHot(axis: number, dim: number): number[] {
  return Array.from({ length: dim }, (_, i) => (i === axis ? 1 : 0));
}
