import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError } from "mrl/common";
import { loadModel, readVectorShape, readVectors, type SentenceEncoder } from "mrl/encoder";
import { tiny, writeText, writeTinyModel } from "./tiny-model";

const texts = Array.from({ length: 23 }, (_, i) => writeText(1 + (i % 12), i));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-vectors-"));
const modelFolder = writeTinyModel("bert");
let model: SentenceEncoder;
let files = 0;
before(async () => (model = await loadModel(modelFolder, { precision: "f32" })));
after(() => [folder, modelFolder].forEach((one) => fs.rmSync(one, { recursive: true })));

const newFile = (): string => path.join(folder, `${files++}.npy`);
const bytesOf = async (list: string[], blockSize: number): Promise<Buffer> => {
  const file = newFile();
  await model.encodeToFile(list, file, { blockSize });
  return fs.readFileSync(file);
};

/** Gives the texts and notes how many were asked for; breaks off after `last`, as a lost source does. */
function* source(list: string[], last: number = list.length): Generator<string> {
  yield* list.slice(0, last);
  if (last < list.length) throw new Error("the source is gone");
}

/** Encodes until the source breaks off after `last` texts. */
async function interrupt(file: string, last: number, list: string[] = texts): Promise<void> {
  const broken = model.encodeToFile(source(list, last), file, { blockSize: 5 });
  await assert.rejects(broken, /the source is gone/);
}

test("the file holds the vectors of encode, block by block, in input order", async () => {
  const file = newFile();
  const seen: number[] = [];
  const onProgress = (done: number): unknown => seen.push(done);
  const result = await model.encodeToFile(texts, file, { blockSize: 5, onProgress });
  assert.deepEqual(result, { count: 23, dim: tiny.hidden, resumed: 0 });
  assert.deepEqual(seen, [5, 10, 15, 20, 23]);
  const expected: Float32Array[] = [];
  for (let i = 0; i < 23; i += 5) expected.push(...(await model.encode(texts.slice(i, i + 5))));
  assert.deepEqual([...readVectors(file, 7)].flat(), expected);
  assert.deepEqual(fs.readdirSync(folder), [path.basename(file)]);
});

test("the file is NumPy's: magic, version 1.0, a header that ends at byte 128, row-major float32", async () => {
  const file = newFile();
  async function* slowly(): AsyncGenerator<string> {
    yield* texts;
  }
  await model.encodeToFile(slowly(), file, { dim: 3, prompt: "w1 " });
  const bytes = fs.readFileSync(file);
  assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x93NUMPY\x01\x00");
  assert.equal(bytes.readUInt16LE(8), 118);
  const header = bytes.subarray(10, 128).toString("latin1");
  assert.equal(header.trim(), "{'descr': '<f4', 'fortran_order': False, 'shape': (23, 3), }");
  assert.equal(header.at(-1), "\n");
  const last = (await model.encode(texts, { dim: 3, prompt: "w1 " }))[22];
  assert.deepEqual(
    [0, 4, 8].map((at) => bytes.readFloatLE(128 + 22 * 12 + at)),
    [...last],
  );
  assert.equal(bytes.length, 128 + 23 * 12);
});

test("no texts give a file of no vectors", async () => {
  const file = newFile();
  assert.deepEqual(await model.encodeToFile([], file, { dim: 4 }), {
    count: 0,
    dim: 4,
    resumed: 0,
  });
  assert.deepEqual(readVectorShape(file), { count: 0, dim: 4 });
  assert.deepEqual([...readVectors(file)], []);
});

test("a call that broke off leaves no file; the next encodes the rest and writes the same bytes", async () => {
  const file = newFile();
  await interrupt(file, 13);
  assert.ok(!fs.existsSync(file));
  const result = await model.encodeToFile(texts, file, { blockSize: 5 });
  assert.equal(result.resumed, 10);
  assert.deepEqual(fs.readFileSync(file), await bytesOf(texts, 5));
});

test("a signal stops it, and what is done is kept", async () => {
  const [file, stop] = [newFile(), new AbortController()];
  const onProgress = (done: number): void => void (done === 10 && stop.abort(new Error("enough")));
  const options = { blockSize: 5, onProgress, signal: stop.signal };
  await assert.rejects(model.encodeToFile(texts, file, options), /enough/);
  assert.equal((await model.encodeToFile(texts, file, { blockSize: 5 })).resumed, 10);
});

test("from the first changed text on, all is encoded anew", async () => {
  const file = newFile();
  await interrupt(file, 18);
  const changed = texts.with(7, "w3 w3 w3");
  const result = await model.encodeToFile(changed, file, { blockSize: 5 });
  assert.equal(result.resumed, 5);
  assert.deepEqual(fs.readFileSync(file), await bytesOf(changed, 5));
});

test("a text that changed, interrupted again: blocks of the first try behind it are not taken", async () => {
  const file = newFile();
  await interrupt(file, 18);
  const changed = texts.with(2, "w3 w3 w3");
  await interrupt(file, 8, changed);
  assert.equal((await model.encodeToFile(changed, file, { blockSize: 5 })).resumed, 5);
  assert.deepEqual(fs.readFileSync(file), await bytesOf(changed, 5));
});

test("fewer texts than an earlier try had leave nothing of it behind", async () => {
  const file = newFile();
  await interrupt(file, 18);
  await model.encodeToFile(texts.slice(0, 5), file, { blockSize: 5 });
  assert.deepEqual(fs.readFileSync(file), await bytesOf(texts.slice(0, 5), 5));
});

test("other weights, dimension, prompt or block size begin anew", async () => {
  for (const options of [{ dim: 4 }, { prompt: "w9 " }, { blockSize: 6 }]) {
    const file = newFile();
    await interrupt(file, 18);
    assert.equal((await model.encodeToFile(texts, file, { blockSize: 5, ...options })).resumed, 0);
  }
  const file = newFile();
  await interrupt(file, 18);
  const name = "encoder.layer.0.output.dense.weight";
  const kept = tf.clone(model.parameters.get(name));
  model.parameters.set(name, tf.zerosLike(kept));
  assert.equal((await model.encodeToFile(texts, file, { blockSize: 5 })).resumed, 0);
  model.parameters.set(name, kept);
});

test("wrong options are refused before a file is there", async () => {
  const file = newFile();
  const refused = (options: object, what: RegExp): Promise<void> =>
    assert.rejects(model.encodeToFile(texts, file, options), (error) => {
      return error instanceof InputError && what.test(error.message);
    });
  await refused({ dim: 17 }, /dim is 17; the model has dimensions 1 to 16/);
  await refused({ blockSize: 0 }, /blockSize is 0; allowed: a whole number from 1/);
  assert.ok(!fs.existsSync(`${file}.part`));
  const numbers = model.encodeToFile([3 as unknown as string], file);
  await assert.rejects(numbers, /a text is 3; encodeToFile takes strings/);
});

test("a file that is missing, cut short, or another's is refused", async () => {
  const file = newFile();
  assert.throws(() => readVectorShape(file), /is missing; encodeToFile writes it/);
  await model.encodeToFile(texts, file);
  fs.truncateSync(file, 200);
  assert.throws(
    () => readVectorShape(file),
    /has 200 bytes, but 23 vectors of 16 numbers take 1600/,
  );
  fs.writeFileSync(file, "something else");
  assert.throws(() => [...readVectors(file)], /is no vector file of encodeToFile/);
});
