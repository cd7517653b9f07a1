import * as zlib from "node:zlib";

/** A decoded picture: one number `0xRRGGBB` a pixel, row by row. */
export interface Pixels {
  width: number;
  height: number;
  /** [height * width] */
  colours: Uint32Array;
}

/** The signature that every PNG begins with. */
export const pngSignature: Buffer = Buffer.from("89504e470d0a1a0a", "hex");

/**
 * The pixels of a PNG of 8-bit RGB or RGBA, not interlaced, over white.
 * @returns undefined for any other kind of PNG
 * @see PNG specification (W3C, third edition), sections 5, 9 and 11
 */
export function readPixels(png: Buffer): Pixels | undefined {
  if (!png.subarray(0, 8).equals(pngSignature)) return undefined;
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.toString("latin1", at + 4, at + 8);
    if (type === "IDAT") parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, colourType, , , interlaced] = png.subarray(24, 29);
  const channels = { 2: 3, 6: 4 }[colourType];
  if (depth !== 8 || interlaced !== 0 || channels === undefined) return undefined;
  const lines = zlib.inflateSync(Buffer.concat(parts));
  const bytes = undoFilters(lines, width * channels, height, channels);
  return { width, height, colours: packColours(bytes, channels) };
}

/** Each line begins with the number of its filter, which stores bytes as differences to their neighbours. */
function undoFilters(lines: Buffer, stride: number, height: number, channels: number): Uint8Array {
  const bytes = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? bytes[at - channels] : 0;
      const up = y > 0 ? bytes[at - stride] : 0;
      const corner = x >= channels && y > 0 ? bytes[at - stride - channels] : 0;
      bytes[at] = lines[at + y + 1] + predict(filter, left, up, corner);
    }
  }
  return bytes;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function packColours(bytes: Uint8Array, channels: number): Uint32Array {
  const colours = new Uint32Array(bytes.length / channels);
  for (let i = 0, at = 0; i < colours.length; i++, at += channels) {
    const alpha = channels === 4 ? bytes[at + 3] / 255 : 1;
    const overWhite = (value: number): number => Math.round(255 + (value - 255) * alpha);
    colours[i] =
      (overWhite(bytes[at]) << 16) | (overWhite(bytes[at + 1]) << 8) | overWhite(bytes[at + 2]);
  }
  return colours;
}
