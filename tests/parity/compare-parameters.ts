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
