/** A seeded source of numbers: the same seed gives the same sequence everywhere. Not for cryptography. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [0, n). */
  integer(n: number): number;
  /** A shuffled copy (Fisher-Yates); the input stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
  /** A number of the standard normal distribution (Box-Muller). */
  normal(): number;
}

/**
 * Random numbers by Mulberry32, after the seed has been spread by a finaliser so that near seeds differ.
 * @param seed an integer; further integers (an epoch, a stage) give independent streams of one seed
 */
export function createRandom(seed: number, ...stream: number[]): Random {
  let state = stream.reduce(
    (mixed, part) => mixBits(mixed ^ Math.imul(part + 1, 0x9e3779b1)),
    mixBits(seed),
  );
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (n: number): number => Math.floor(next() * n);
  const shuffle = <T>(items: readonly T[]): T[] => {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, integer, shuffle, normal };
}

/** The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
export function mixBits(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
