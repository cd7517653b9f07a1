import type { Weights } from "mrl/encoder";
import type { Row } from "./report";

/** The greatest absolute difference of two lists of numbers, NaN where their lengths differ. */
export function greatest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return NaN;
  let most = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (!(difference <= most)) most = difference;
  }
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

type Values = ReadonlyMap<string, Pick<Weights, "data">>;

/** How far a parameter's vector is from the reference. */
export interface Distance {
  name: string;
  /** ‖found − expected‖ */
  difference: number;
  /** ‖expected‖ */
  length: number;
}

/** {@link Distance} of every parameter of `expected`. */
export function measureDistances(found: Values, expected: Values): Distance[] {
  return [...expected].map(([name, { data }]) => {
    const own = found.get(name)?.data ?? new Float32Array();
    if (own.length !== data.length) return { name, difference: NaN, length: norm(data) };
    return { name, difference: norm(own, data), length: norm(data) };
  });
}

/**
 * ‖difference‖ / ‖reference‖ of the worst parameter, the ones that are zero by symmetry left out; theirs as a share
 * of the length of all together, for rounding is all they hold.
 * @param zeroBound of that share
 */
export function compareParameters(
  check: string,
  distances: readonly Distance[],
  zeros: ReadonlySet<string>,
  zeroBound: number | null,
): Row[] {
  const whole = Math.hypot(...distances.map(({ length }) => length));
  const findWorst = (
    part: readonly Distance[],
    share: (of: Distance) => number,
    bound: number | null,
    what: string,
  ): Row => {
    const shares = part.map(share);
    const difference = part.length > 0 && whole > 0 ? Math.max(...shares) : NaN;
    const name = part[shares.indexOf(difference)]?.name ?? "";
    return { check, detail: `${part.length} ${what}, worst ${name}`, difference, bound };
  };
  const [zero, others] = [true, false].map((is) =>
    distances.filter((d) => zeros.has(d.name) === is),
  );
  return [
    findWorst(others, (d) => d.difference / d.length, 1e-3, "parameters"),
    findWorst(zero, (d) => d.difference / whole, zeroBound, "zero by symmetry"),
  ];
}

/** The parameters whose gradient is below a millionth of the length of all: zero but for rounding. */
export function findZeros(gradients: Values): Set<string> {
  const lengths = [...gradients].map(([name, { data }]) => [name, norm(data)] as const);
  const whole = Math.hypot(...lengths.map(([, length]) => length));
  return new Set(lengths.filter(([, length]) => length < 1e-6 * whole).map(([name]) => name));
}

/** after − before, parameter by parameter. */
export function subtract(after: Values, before: Values): Map<string, { data: Float32Array }> {
  return new Map(
    [...after].map(([name, { data }]) => {
      const old = before.get(name)!.data;
      return [name, { data: data.map((value, i) => value - old[i]) }];
    }),
  );
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i] * b[i];
  return dot / (norm(a) * norm(b));
}

/** Length of a vector, or of a difference of two. */
function norm(a: Float32Array, b?: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const value = b ? a[i] - b[i] : a[i];
    sum += value * value;
  }
  return Math.sqrt(sum);
}
