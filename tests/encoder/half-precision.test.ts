import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { readJson } from "mrl/common";
import { loadModel, readSafetensors, writeSafetensors } from "mrl/encoder";
import { writeTinyModel } from "./tiny-model";

const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

function makeFolder(): string {
  folders.push(fs.mkdtempSync(path.join(os.tmpdir(), "mrl-half-")));
  return folders.at(-1)!;
}

// Sign, exponent and fraction of each pattern, read by hand.
const patterns: Record<string, [number, number][]> = {
  F16: [
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, (1 + 341 / 1024) / 4],
    [0x0001, 2 ** -24], // the smallest subnormal
    [0x03ff, 2 ** -14 - 2 ** -24], // the largest
    [0x8200, -(2 ** -15)],
    [0x0400, 2 ** -14], // the smallest normal
    [0x7bff, 65504], // the largest
    [0x0000, 0],
    [0x8000, -0],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
    [0xfc01, NaN],
  ],
  BF16: [
    [0x3f80, 1],
    [0xc000, -2],
    [0x4049, 3.140625], // 2 · (1 + 73 / 128)
    [0x0001, 2 ** -133], // the smallest subnormal
    [0x007f, 2 ** -126 - 2 ** -133], // the largest
    [0x8040, -(2 ** -127)],
    [0x0080, 2 ** -126], // the smallest normal
    [0x7f7f, (2 - 2 ** -7) * 2 ** 127], // the largest
    [0x0000, 0],
    [0x8000, -0],
    [0x7f80, Infinity],
    [0xff80, -Infinity],
    [0x7fc0, NaN],
    [0xff81, NaN],
  ],
};

for (const [dtype, pairs] of Object.entries(patterns)) {
  test(`${dtype} values become the float32 of the same value, subnormal ones, infinities and NaN too`, () => {
    const file = path.join(makeFolder(), "x.safetensors");
    const codes = Uint16Array.from(pairs, ([code]) => code);
    writeHalf(file, [["a", { shape: [2, pairs.length / 2], codes }]], dtype);
    const data = Float32Array.from(pairs, ([, value]) => value);
    const read = readSafetensors(file).get("a")!;
    assert.deepEqual(read.shape, [2, pairs.length / 2]);
    // As lists of numbers: NaN has many patterns, which typed arrays would tell apart.
    assert.deepEqual([...read.data], [...data]);
  });

  test(`a model in ${dtype} has the vectors of the same weights in float32, and is saved as float32`, async () => {
    const config = { torch_dtype: "float16", dtype: "float16" };
    const [half, whole] = [writeTinyModel("mpnet", { config }), writeTinyModel("mpnet")];
    folders.push(half, whole);
    const saved = makeFolder();
    const [from, to] = [half, whole].map((folder) => path.join(folder, "model.safetensors"));
    const cut = [...readSafetensors(from)].map(([name, { shape, data }]) => {
      const codes = Uint16Array.from(data, (value) =>
        dtype === "F16" ? toF16(value) : toBF16(value),
      );
      return [name, { shape, codes }] as const;
    });
    writeHalf(from, cut, dtype);
    writeSafetensors(to, readSafetensors(from));
    const texts = ["w1 w2 w3", "w9"];
    const [model, expected] = await Promise.all([half, whole].map((folder) => loadModel(folder)));
    assert.deepEqual(await model.encode(texts), await expected.encode(texts));
    await model.save(saved);
    const { torch_dtype, dtype: declared } = readJson<typeof config>(
      path.join(saved, "config.json"),
    );
    assert.deepEqual([torch_dtype, declared], ["float32", "float32"]);
    const file = path.join(saved, "model.safetensors");
    assert.deepEqual(fs.readFileSync(file), fs.readFileSync(to));
  });
}

/** The nearest float16 towards zero of a normal value: exponent and ten bits of the fraction. */
function toF16(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(size));
  const fraction = Math.floor((size / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + fraction;
}

/** The upper half of the float32. */
function toBF16(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;
}

/** A safetensors file of 16-bit values. */
function writeHalf(
  file: string,
  tensors: readonly (readonly [string, { shape: number[]; codes: Uint16Array }])[],
  dtype: string,
): void {
  let end = 0;
  const entries = tensors.map(([name, { shape, codes }]) => {
    return [name, { dtype, shape, data_offsets: [end, (end += codes.byteLength)] }];
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const values = tensors.map(([, { codes }]) => Buffer.from(codes.buffer));
  fs.writeFileSync(file, Buffer.concat([prefix, json, ...values]));
}
