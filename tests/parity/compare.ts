import type { Row } from "./report";

/** The greatest absolute difference of two lists of numbers, NaN where their lengths differ or a number is NaN. */
export function greatest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return NaN;
  let most = 0;
  // Math.max, and no comparison: a NaN must not be followed by a number again.
  for (let i = 0; i < found.length; i++) most = Math.max(most, Math.abs(found[i] - expected[i]));
  return most;
}

/** Number of texts whose token ids are not Python's. */
export function compareTokens(
  texts: readonly string[],
  found: number[][],
  expected: number[][],
): Row {
  const wrong = texts.flatMap((text, i) => (found[i].join() === expected[i].join() ? [] : [text]));
  const detail =
    wrong.length > 0 ? `first: ${JSON.stringify(wrong[0].slice(0, 60))}` : `${texts.length} texts`;
  const missing = expected.length === texts.length ? 0 : NaN;
  return { check: "token ids", detail, difference: wrong.length + missing, bound: 0 };
}

/** Greatest difference of unit vectors, and the greatest 1 − cosine. */
export function compareVectors(
  check: string,
  found: Float32Array[],
  expected: Float32Array[],
): Row[] {
  const same = found.length === expected.length ? 0 : NaN;
  const values = Math.max(same, ...found.map((vector, i) => greatest(vector, expected[i])));
  const angles = Math.max(same, ...found.map((vector, i) => 1 - cosine(vector, expected[i])));
  const detail = `${found.length} vectors of ${found[0].length}`;
  return [
    { check, detail: `${detail}, values`, difference: values, bound: 1e-4 },
    { check, detail: `${detail}, 1 - cosine`, difference: angles, bound: 1e-5 },
  ];
}

/** |found − expected| / |expected| */
export function compareNumber(
  check: string,
  detail: string,
  found: number,
  expected: number,
  bound: number,
): Row {
  return { check, detail, difference: Math.abs(found - expected) / Math.abs(expected), bound };
}

/** Every metric by its name; one that only one side has is no number. */
export function compareMetrics(
  check: string,
  found: Record<string, number>,
  expected: Record<string, number>,
): Row {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
  const differences = names.map((name) => Math.abs(found[name] - expected[name]));
  const difference = names.length > 0 ? Math.max(...differences) : NaN;
  const worst = names[differences.indexOf(difference)];
  const detail =
    difference > 0 ? `${names.length} metrics, worst ${worst}` : `${names.length} metrics`;
  return { check, detail, difference, bound: 1e-6 };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i] * b[i];
  return dot / (norm(a) * norm(b));
}

/** Length of a vector, or of a difference of two. */
export function norm(a: Float32Array, b?: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const value = b ? a[i] - b[i] : a[i];
    sum += value * value;
  }
  return Math.sqrt(sum);
}
