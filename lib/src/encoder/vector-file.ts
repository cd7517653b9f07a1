import * as fs from "node:fs";
import { InputError } from "../common/index";

/** Bytes before the first vector: enough for any shape, a multiple of 64 as NumPy asks for. */
export const headerBytes = 128;

/** Shape of a vector file. */
export interface VectorFileShape {
  /** Vectors in the file. */
  count: number;
  /** Numbers in each. */
  dim: number;
}

/**
 * The first {@link headerBytes} bytes of a NumPy file (`.npy`, version 1.0) of float32 rows.
 * Source: numpy, `lib/format.py`.
 */
export function npyHeader({ count, dim }: VectorFileShape): Buffer {
  const header = Buffer.alloc(headerBytes, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(headerBytes - 10, 8);
  header.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${dim}), }`, 10);
  header.write("\n", headerBytes - 1);
  return header;
}

/**
 * Number and length of the vectors in a file that `encodeToFile` wrote.
 * @throws InputError when it is missing, of another form, or cut short
 */
export function readVectorShape(file: string): VectorFileShape {
  if (!fs.existsSync(file)) throw new InputError(`${file} is missing; encodeToFile writes it`);
  const handle = fs.openSync(file, "r");
  try {
    return readShape(handle, file);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * The vectors of a file that `encodeToFile` wrote, a block at a time, so that the file may be larger than memory.
 * Python reads the same file with `numpy.load(file, mmap_mode="r")`.
 * @param blockSize vectors in a block; the last block may be shorter
 * @throws InputError when the file is missing, of another form, or cut short
 */
export function* readVectors(file: string, blockSize: number = 4096): Generator<Float32Array[]> {
  const { count, dim } = readVectorShape(file);
  const handle = fs.openSync(file, "r");
  try {
    for (let from = 0; from < count; from += blockSize) {
      const rows = Math.min(blockSize, count - from);
      const values = new Float32Array(rows * dim);
      fs.readSync(handle, values, 0, values.byteLength, headerBytes + 4 * from * dim);
      yield Array.from({ length: rows }, (_, i) => values.subarray(i * dim, (i + 1) * dim));
    }
  } finally {
    fs.closeSync(handle);
  }
}

function readShape(handle: number, file: string): VectorFileShape {
  const header = Buffer.alloc(headerBytes);
  fs.readSync(handle, header, 0, headerBytes, 0);
  const [, count, dim] = /'shape': \((\d+), (\d+)\)/.exec(header.toString("latin1")) ?? [];
  const shape = { count: Number(count), dim: Number(dim) };
  if (count === undefined || !npyHeader(shape).equals(header)) {
    throw new InputError(`${file} is no vector file of encodeToFile; encode the texts again`);
  }
  const expected = headerBytes + 4 * shape.count * shape.dim;
  const size = fs.fstatSync(handle).size;
  if (size !== expected) {
    throw new InputError(
      `${file} has ${size} bytes, but ${shape.count} vectors of ${shape.dim} numbers take ${expected}; encode the texts again`,
    );
  }
  return shape;
}
