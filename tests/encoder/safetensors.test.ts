import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, test } from "node:test";
import { readSafetensors, writeSafetensors } from "mrl/encoder";
import { assertRefused } from "./assert-refused";
import { writeTinyModel } from "./tiny-model";

const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

function writeFolder(): string {
  folders.push(writeTinyModel("bert"));
  return folders.at(-1)!;
}

test("safetensors come back as they were written, scalars and empty tensors too", () => {
  const file = path.join(writeFolder(), "x.safetensors");
  const data = Float32Array.of(1.5, -0, 3e-39, NaN, Infinity, -2);
  const tensors = new Map([
    ["a", { shape: [2, 3], data }],
    ["one", { shape: [], data: Float32Array.of(7) }],
    ["none", { shape: [0, 4], data: new Float32Array(0) }],
    ["a view", { shape: [2], data: data.subarray(4) }],
  ]);
  writeSafetensors(file, tensors);
  assert.deepEqual(readSafetensors(file), tensors);
});

test("integer tensors are left out, and the values start at a multiple of 8 bytes", () => {
  const file = path.join(writeFolder(), "x.safetensors");
  writeSafetensors(file, [["a", { shape: [1], data: Float32Array.of(2) }]]);
  const bytes = fs.readFileSync(file);
  assert.equal((8 + Number(bytes.readBigUInt64LE())) % 8, 0);
  const header = { ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  fs.writeFileSync(file, Buffer.concat([prefix, json, Buffer.alloc(8)]));
  assert.equal(readSafetensors(file).size, 0);
});

for (const [what, bytes] of [
  ["within the length", 5],
  ["within the header", 200],
  ["within the values", -1],
] as const) {
  test(`weights cut short ${what} are refused with the way out`, async () => {
    const folder = writeFolder();
    const file = path.join(folder, "model.safetensors");
    fs.writeFileSync(file, fs.readFileSync(file).subarray(0, bytes));
    await assertRefused(folder, file, "is cut short", "fetch it again");
  });
}

test("a file of another kind is refused as no safetensors file", async () => {
  const folder = writeFolder();
  const file = path.join(folder, "model.safetensors");
  const page = Buffer.from("<html>not found</html>");
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(page.length));
  fs.writeFileSync(file, Buffer.concat([prefix, page]));
  await assertRefused(folder, file, "no safetensors file", "fetch it again");
});

test("weights of another float type are refused by their type, with those that are read", async () => {
  const folder = writeFolder();
  const file = path.join(folder, "model.safetensors");
  const bytes = fs.readFileSync(file);
  const at = bytes.indexOf('"F32"');
  bytes.write('"F64"', at);
  fs.writeFileSync(file, bytes);
  await assertRefused(folder, file, "F64", "F32, F16, BF16");
});
