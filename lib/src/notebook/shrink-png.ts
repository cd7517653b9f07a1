import * as zlib from "node:zlib";
import { type Pixels, pngSignature, readPixels } from "./png-pixels";

const paletteSize = 64;
const largestChangedShare = 0.05;

/**
 * The same picture in a quarter of the bytes or less, so that notebooks with figures stay small: a figure has few
 * colours, and those of a PNG with a palette take a byte a pixel. Colours beyond the 64 most frequent (edges of
 * smoothed lines) become the nearest of these. A picture of many colours, such as a photograph, comes back as it is.
 */
export function shrinkPng(png: Buffer): Buffer {
  const pixels = readPixels(png);
  if (!pixels) return png;
  const counts = new Map<number, number>();
  for (const colour of pixels.colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const rest = byCount.slice(paletteSize);
  const changed = rest.reduce((sum, colour) => sum + counts.get(colour)!, 0);
  if (changed > largestChangedShare * pixels.colours.length) return png;

  const palette = byCount.slice(0, paletteSize);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  for (const colour of rest) places.set(colour, findNearest(colour, palette));
  const small = writePalettePng(pixels, palette, places);
  return small.length < png.length ? small : png;
}

function findNearest(colour: number, palette: readonly number[]): number {
  let nearest = 0;
  palette.forEach((other, place) => {
    if (distance(colour, other) < distance(colour, palette[nearest])) nearest = place;
  });
  return nearest;
}

function distance(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return red * red + green * green + blue * blue;
}

function writePalettePng(
  { width, height, colours }: Pixels,
  palette: readonly number[],
  places: ReadonlyMap<number, number>,
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, filters by line, not interlaced
  const lines = Buffer.alloc((width + 1) * height); // a line's first byte 0: no filter
  colours.forEach((colour, i) => {
    lines[i + Math.floor(i / width) + 1] = places.get(colour)!;
  });
  const table = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  return Buffer.concat([
    pngSignature,
    chunk("IHDR", header),
    chunk("PLTE", table),
    chunk("IDAT", zlib.deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The PNG with a note in it that no viewer shows, under a key of Latin letters. */
export function addNote(png: Buffer, key: string, note: string): Buffer {
  const end = png.length - 12; // the last chunk, IEND, is empty
  const text = chunk("tEXt", Buffer.from(`${key}\0${note}`, "latin1"));
  return Buffer.concat([png.subarray(0, end), text, png.subarray(end)]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(zlib.crc32(body));
  return Buffer.concat([length, body, checksum]);
}
