import { createRandom } from "mrl/common";

/** Ranges of code points that texts are drawn from; the last two reach all of Unicode but the surrogates. */
const ranges: [number, number][] = [
  ...[
    [0x20, 0x7e],
    [0xa0, 0x24f],
    [0x300, 0x36f],
    [0x370, 0x52f],
    [0x590, 0x6ff],
  ],
  ...[
    [0x900, 0xdff],
    [0x1e00, 0x20cf],
    [0x2100, 0x2bff],
    [0x3000, 0x30ff],
    [0x4e00, 0x9fff],
  ],
  ...[
    [0xac00, 0xd7a3],
    [0xf900, 0xffff],
    [0x1f300, 0x1faff],
    [0, 0xd7ff],
    [0xe000, 0x10ffff],
  ],
] as [number, number][];

/** A text of 5 to 44 characters from two of the ranges. */
export function drawText(seed: number): string {
  const random = createRandom(seed);
  const kinds = [0, 1].map(() => ranges[random.integer(ranges.length)]);
  const draw = (): string => {
    const [from, to] = kinds[random.integer(2)];
    return random.integer(6) === 0
      ? " "
      : String.fromCodePoint(from + random.integer(to - from + 1));
  };
  return Array.from({ length: 5 + random.integer(40) }, draw).join("");
}
