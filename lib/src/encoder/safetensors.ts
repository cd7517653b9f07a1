import * as fs from "node:fs";
import { InputError, describeError, writeAtomically } from "../common/index";
import { type HalfType, widen } from "./half-precision";

/** A tensor in memory: row-major float32 values with their shape. */
export interface Weights {
  shape: number[];
  data: Float32Array;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * Reads the tensors of a safetensors file (8 bytes header length, JSON header, raw values): float32 as they are,
 * float16 and bfloat16 as the float32 of the same value, infinities and NaN too. Integer tensors, such as stored
 * position ids, are left out.
 * @returns name → values, in the file's order
 * @throws InputError when the file is missing, cut short, or holds another float type
 */
export function readSafetensors(file: string): Map<string, Weights> {
  if (!fs.existsSync(file)) throw new InputError(`${file} is missing; fetch the model again`);
  const handle = fs.openSync(file, "r");
  try {
    const { entries, dataStart, size } = readHeader(handle, file);
    const tensors = new Map<string, Weights>();
    const available = size - dataStart;
    let named = 0;
    for (const [name, entry] of entries) {
      checkEntry(file, name, entry, available);
      named += entry.data_offsets[1] - entry.data_offsets[0];
      // Ten thousand names for the same gigabyte would fill any memory.
      if (named > available)
        throw new InputError(`${file}: its tensors overlap, ${name} too; fetch it again`);
      if (isFloat(entry.dtype)) tensors.set(name, readTensor(handle, entry, dataStart));
    }
    return tensors;
  } finally {
    fs.closeSync(handle);
  }
}

function readHeader(
  handle: number,
  file: string,
): { entries: [string, Entry][]; dataStart: number; size: number } {
  const size = fs.fstatSync(handle).size;
  const prefix = Buffer.alloc(8);
  if (fs.readSync(handle, prefix, 0, 8, 0) < 8) throw cutShort(file, 8, size);
  const length = Number(prefix.readBigUInt64LE());
  if (8 + length > size) throw cutShort(file, 8 + length, size);
  const header = Buffer.alloc(length);
  fs.readSync(handle, header, 0, length, 8);
  try {
    const parsed = JSON.parse(header.toString("utf8")) as Record<string, Entry> | null;
    if (parsed === null || typeof parsed !== "object") throw new Error("its header names nothing");
    const { __metadata__: _, ...named } = parsed;
    return { entries: Object.entries(named), dataStart: 8 + length, size };
  } catch (error) {
    throw new InputError(
      `${file} is no safetensors file (${describeError(error)}); fetch it again`,
    );
  }
}

const floatBytes = { F32: 4, F16: 2, BF16: 2 };
const valueBytes = new Map(Object.entries({ ...floatBytes, I64: 8, I32: 4, U8: 1, BOOL: 1 }));

function checkEntry(file: string, name: string, entry: Entry, available: number): void {
  const isEntry = entry?.dtype && isSizes(entry.shape) && isSizes(entry.data_offsets);
  if (!isEntry || entry.data_offsets.length !== 2) {
    throw new InputError(
      `${file}: tensor ${name} has no dtype, shape and offsets that say where it lies; fetch it again`,
    );
  }
  const bytes = valueBytes.get(entry.dtype);
  if (bytes === undefined) {
    throw new InputError(
      `${file}: tensor ${name} is ${entry.dtype}; supported weights: ${Object.keys(floatBytes).join(", ")}`,
    );
  }
  const [start, end] = entry.data_offsets;
  const values = entry.shape.reduce((product, n) => product * n, 1);
  if (end - start !== values * bytes) {
    throw new InputError(
      `${file}: tensor ${name} has offsets ${start}..${end} for ${values} values`,
    );
  }
  if (end > available) throw cutShort(file, end, available);
}

function isFloat(dtype: string): boolean {
  return Object.hasOwn(floatBytes, dtype);
}

function isSizes(value: unknown): boolean {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function cutShort(file: string, needed: number, found: number): InputError {
  return new InputError(
    `${file} is cut short: ${found} of at least ${needed} bytes are there; fetch it again`,
  );
}

function readTensor(handle: number, entry: Entry, dataStart: number): Weights {
  const [start, end] = entry.data_offsets;
  const bytes = new Uint8Array(end - start);
  fs.readSync(handle, bytes, 0, bytes.length, dataStart + start);
  const { dtype, shape } = entry;
  const isWhole = dtype === "F32";
  return {
    shape,
    data: isWhole ? new Float32Array(bytes.buffer) : widen(bytes, dtype as HalfType),
  };
}

/** Writes float32 tensors as a safetensors file, whole or not at all, with PyTorch's format mark. */
export function writeSafetensors(file: string, tensors: Iterable<[string, Weights]>): void {
  const list = [...tensors];
  let offset = 0;
  const entries = list.map(([name, { shape, data }]): [string, Entry] => {
    return [name, { dtype: "F32", shape, data_offsets: [offset, (offset += data.byteLength)] }];
  });
  const header = Object.fromEntries<unknown>([["__metadata__", { format: "pt" }], ...entries]);
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  writeAtomically(file, (handle) => {
    writeAll(handle, prefix);
    writeAll(handle, padded);
    for (const [, { data }] of list) {
      writeAll(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  });
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(handle, bytes, done);
}
