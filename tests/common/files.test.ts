import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach, test } from "node:test";
import {
  InputError,
  appendJsonLine,
  readJson,
  readJsonLines,
  sha256,
  sha256File,
  writeFileAtomic,
  writeJson,
  writeJsonLines,
} from "mrl/common";

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-files-"));
  file = path.join(folder, "a.jsonl");
});

test("a written file is there whole, in folders made for it, with nothing beside it", () => {
  const deep = path.join(folder, "x", "y", "f.txt");
  writeFileAtomic(deep, "new");
  writeFileAtomic(deep, Buffer.from("newer"));
  assert.equal(fs.readFileSync(deep, "utf8"), "newer");
  assert.deepEqual(fs.readdirSync(path.dirname(deep)), ["f.txt"]);
});

test("a write that fails at the rename names the file and leaves nothing behind", () => {
  const occupied = path.join(folder, "occupied");
  fs.mkdirSync(path.join(occupied, "inside"), { recursive: true });
  assert.throws(
    () => writeFileAtomic(occupied, "x"),
    (error: Error) => error.message.startsWith(`${occupied} could not be written`),
  );
  assert.deepEqual(fs.readdirSync(folder), ["occupied"]);
  assert.deepEqual(fs.readdirSync(occupied), ["inside"]);
});

test("JSON comes back as it was", () => {
  const value = { a: [1, null, "ü\u2028"], b: { c: true } };
  writeJson(file, value);
  assert.deepEqual(readJson(file), value);
});

test("lines of JSON come back as they were, line breaks in texts included", () => {
  const values = [{ text: "one\ntwo" }, { text: "\r\n\u2028" }, 3];
  writeJsonLines(file, values);
  assert.deepEqual(readJsonLines(file), values);
  writeJsonLines(file, []);
  assert.deepEqual(readJsonLines(file), []);
});

test("a missing file is named with what writes it", () => {
  assert.throws(
    () => readJsonLines(file, "notebook 03"),
    (error: Error) =>
      error instanceof InputError &&
      error.message === `${file} is missing; notebook 03 writes it: run that first`,
  );
});

test("a broken line is named by its number", () => {
  fs.writeFileSync(file, '{"a":1}\n{"a":\n{"a":3}\n');
  assert.throws(() => readJsonLines(file), /a\.jsonl, line 2 is not JSON/);
  fs.writeFileSync(file, "{");
  assert.throws(() => readJson(file), /is not JSON .*; delete it and make it anew/);
});

test("a line cut short by a kill is left out when reading and cut off by the next append", () => {
  appendJsonLine(file, { id: 1 });
  fs.appendFileSync(file, '{"id":2,"te');
  assert.deepEqual(readJsonLines(file), [{ id: 1 }]);
  appendJsonLine(file, { id: 3 });
  assert.equal(fs.readFileSync(file, "utf8"), '{"id":1}\n{"id":3}\n');
});

test("half a line longer than the read block is cut off, and so is one that is all there is", () => {
  const long = `{"text":"${"ü".repeat(9000)}`;
  fs.writeFileSync(file, `{"id":1}\n${long}`);
  appendJsonLine(file, { id: 2 });
  assert.deepEqual(readJsonLines(file), [{ id: 1 }, { id: 2 }]);
  fs.writeFileSync(file, long);
  appendJsonLine(file, { id: 3 });
  assert.deepEqual(readJsonLines(file), [{ id: 3 }]);
});

test("an append after a line longer than the read block keeps that line", () => {
  const long = { text: "x".repeat(10_000) };
  appendJsonLine(file, long);
  appendJsonLine(file, { id: 2 });
  assert.deepEqual(readJsonLines(file), [long, { id: 2 }]);
});

test("SHA-256 of a text, of bytes and of a file agree with the published value", () => {
  // FIPS 180-2, appendix B.1
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  fs.writeFileSync(file, "abc");
  assert.deepEqual([sha256("abc"), sha256(Buffer.from("abc")), sha256File(file)], [abc, abc, abc]);
  const large = Buffer.alloc((1 << 20) + 5, 7); // more than one block
  fs.writeFileSync(file, large);
  assert.equal(sha256File(file), sha256(large));
});
