import { InputError } from "../common/index";
import { checkDim, writeTruncated } from "./vectors";

/** Passages cut to one dim, laid out in one array in ascending order of their ids. */
export interface PassageIndex {
  dim: number;
  /** Ascending in JavaScript's string order, so that of two equal scores the earlier place wins. */
  ids: string[];
  /** [passages × dim], unit rows. */
  matrix: Float32Array;
}

/**
 * Lays passages out for {@link scoreBlock}.
 * @throws InputError when ids and vectors differ in number, an id comes twice, or a vector is too short
 */
export function buildIndex(
  vectors: readonly Float32Array[],
  ids: readonly string[],
  dim: number,
): PassageIndex {
  if (vectors.length !== ids.length) {
    throw new InputError(`${ids.length} ids for ${vectors.length} passages; give one each`);
  }
  const order = ids.map((_, i) => i).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
  const sorted = order.map((i) => ids[i]);
  const twice = sorted.find((id, i) => id === sorted[i + 1]);
  if (twice !== undefined) throw new InputError(`passage id "${twice}" comes twice`);
  return { dim, ids: sorted, matrix: stack(vectors, dim, order) };
}

/**
 * Cosines of some queries with every passage.
 *
 * Plain loops over four queries at a time: sums run in double precision and in one order, so equal passages
 * get equal scores wherever they stand, which a blocked matrix product does not promise.
 * @returns a row of scores for each query, rounded to single precision as in Python
 */
export function scoreBlock(index: PassageIndex, queries: readonly Float32Array[]): Float32Array[] {
  const { dim, matrix } = index;
  const n = index.ids.length;
  const padded = Math.ceil(queries.length / 4) * 4;
  const q = new Float32Array(padded * dim);
  queries.forEach((query, i) => writeTruncated(query, q.subarray(i * dim, (i + 1) * dim)));
  const rows = Array.from({ length: padded }, () => new Float32Array(n));
  for (let p = 0; p < n; p++) {
    for (let i = 0; i < padded; i += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let d = 0, at = i * dim, from = p * dim; d < dim; d++, at++) {
        const x = matrix[from + d];
        s0 += x * q[at];
        s1 += x * q[at + dim];
        s2 += x * q[at + 2 * dim];
        s3 += x * q[at + 3 * dim];
      }
      rows[i][p] = s0;
      rows[i + 1][p] = s1;
      rows[i + 2][p] = s2;
      rows[i + 3][p] = s3;
    }
  }
  return rows.slice(0, queries.length);
}

/** Places of the `k` highest scores, best first; of equal scores the earlier place. */
export function selectTop(scores: Float32Array, k: number): number[] {
  const top: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const full = top.length >= k;
    if (full && !(scores[i] > scores[top[k - 1]])) continue;
    if (full) top.pop();
    let at = top.length;
    while (at > 0 && scores[i] > scores[top[at - 1]]) at--;
    top.splice(at, 0, i);
  }
  return top;
}

function stack(vectors: readonly Float32Array[], dim: number, order: number[]): Float32Array {
  const matrix = new Float32Array(order.length * dim);
  order.forEach((from, row) => {
    checkDim(dim, vectors[from].length);
    writeTruncated(vectors[from], matrix.subarray(row * dim, (row + 1) * dim));
  });
  return matrix;
}
