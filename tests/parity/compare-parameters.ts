import type { Weights } from "mrl/encoder";
import { norm } from "./compare";
import type { Row } from "./report";

type Values = ReadonlyMap<string, Pick<Weights, "data">>;

/** How far a parameter's vector is from the reference. */
export interface Distance {
  name: string;
  /** ‖found − expected‖ */
  difference: number;
  /** ‖expected‖ */
  length: number;
  /** Numbers in it. */
  size: number;
}

/** {@link Distance} of every parameter of `expected`. */
export function measureDistances(found: Values, expected: Values): Distance[] {
  return [...expected].map(([name, { data }]) => {
    const own = found.get(name)?.data ?? new Float32Array();
    const difference = own.length === data.length ? norm(own, data) : NaN;
    return { name, difference, length: norm(data), size: data.length };
  });
}

/** What a parameter that is zero by symmetry is held against: rounding is all it holds. */
export interface ZeroMeasure {
  /** The greatest share of `unit` that its difference may have. */
  bound: number;
  unit: (of: Distance) => number;
  what: string;
}

/**
 * ‖difference‖ / ‖reference‖ of the worst parameter, the ones that are zero by symmetry left out; theirs as a share
 * of another measure.
 */
export function compareParameters(
  check: string,
  distances: readonly Distance[],
  zeros: ReadonlySet<string>,
  zeroMeasure: ZeroMeasure,
): Row[] {
  const findWorst = (
    part: readonly Distance[],
    unit: (of: Distance) => number,
    bound: number,
    what: string,
  ): Row => {
    const shares = part.map((one) => one.difference / unit(one));
    const difference = part.length > 0 ? Math.max(...shares) : NaN;
    const name = part[shares.indexOf(difference)]?.name ?? "";
    return { check, detail: `${part.length} ${what}, worst ${name}`, difference, bound };
  };
  const [zero, others] = [true, false].map((is) =>
    distances.filter((d) => zeros.has(d.name) === is),
  );
  return [
    findWorst(others, ({ length }) => length, 1e-3, "parameters"),
    findWorst(zero, zeroMeasure.unit, zeroMeasure.bound, zeroMeasure.what),
  ];
}

/** ‖expected‖ of all parameters together. */
export function lengthOfAll(distances: readonly Distance[]): number {
  return Math.hypot(...distances.map(({ length }) => length));
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
