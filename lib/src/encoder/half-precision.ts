/** Types of 16 bits: IEEE half precision, and the upper half of a float32. */
export type HalfType = "F16" | "BF16";

const tables = new Map<HalfType, Float32Array>();

/** Values of 16 bits each, little-endian, as float32, which can hold each of them exactly. */
export function widen(bytes: Uint8Array, type: HalfType): Float32Array {
  if (!tables.has(type)) tables.set(type, listValues(type));
  const table = tables.get(type)!;
  const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i]];
  return values;
}

/** The value of each of the 65,536 codes. */
function listValues(type: HalfType): Float32Array {
  if (type === "F16") return Float32Array.from({ length: 1 << 16 }, (_, code) => readF16(code));
  return new Float32Array(Uint32Array.from({ length: 1 << 16 }, (_, code) => code << 16).buffer);
}

/** One sign bit, five of the exponent, ten of the fraction (IEEE 754, binary16). */
function readF16(code: number): number {
  const sign = code >> 15 ? -1 : 1;
  const exponent = (code >> 10) & 31;
  const fraction = (code & 1023) / 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
