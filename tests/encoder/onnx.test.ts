import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, test } from "node:test";
import * as ort from "onnxruntime-node";
import { InputError, readJson, writeJson } from "mrl/common";
import { exportOnnx, loadModel, type SentenceEncoder } from "mrl/encoder";
import { runOnnx } from "./run-onnx";
import { writeText, writeTinyModel, type Changes, type Kind } from "./tiny-model";

const kinds = ["bert", "mpnet"] as const;
const texts = [...[4, 1, 12, 7, 40].map((n, i) => writeText(n, i)), "w1 [PAD] w2 [PAD] w3"];
const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

async function exportTiny(
  kind: Kind,
  changes: Changes = {},
): Promise<{ model: SentenceEncoder; folder: string; files: string[] }> {
  folders.push(writeTinyModel(kind, changes));
  const folder = folders.at(-1)!;
  const model = await loadModel(folder, { precision: "f32" });
  await exportOnnx(model, folder, { int8: true });
  const files = ["model.onnx", "model_quantized.onnx"];
  return { model, folder, files: files.map((name) => path.join(folder, "onnx", name)) };
}

const largestDifference = (a: Float32Array[], b: Float32Array[]): number =>
  Math.max(...a.flatMap((vector, i) => [...vector].map((value, k) => Math.abs(value - b[i][k]))));

for (const kind of kinds) {
  for (const pooling of ["mean", "cls"]) {
    test(`${kind}, ${pooling}: ONNX Runtime gives the model's vectors, padded rows, cut texts and a padding token spelt out too`, async () => {
      const { model, files } = await exportTiny(kind, { pooling: { pooling_mode: pooling } });
      const found = await runOnnx(files[0], model, texts);
      assert.ok(largestDifference(found, await model.encode(texts)) < 1e-5);
    });
  }

  test(`${kind}: the quantised file is smaller and its vectors stay near, but are not the same`, async () => {
    const { model, files } = await exportTiny(kind);
    const vectors = await model.encode(texts);
    const found = await runOnnx(files[1], model, texts);
    found.forEach((vector, i) => {
      const cosine = vector.reduce((sum, value, k) => sum + value * vectors[i][k], 0);
      assert.ok(cosine > 0.99, `${cosine}`);
    });
    assert.ok(largestDifference(found, vectors) > 1e-4);
    assert.ok(fs.statSync(files[1]).size < fs.statSync(files[0]).size);
  });

  test(`${kind}: the file has the inputs and the output that exports of its kind have`, async () => {
    const { files } = await exportTiny(kind);
    const session = await ort.InferenceSession.create(files[0]);
    const types = kind === "bert" ? ["token_type_ids"] : [];
    assert.deepEqual(session.inputNames, ["input_ids", "attention_mask", ...types]);
    assert.deepEqual(session.outputNames, ["last_hidden_state"]);
  });
}

test("a column of zeros stays zero when quantised", async () => {
  const name = "encoder.layer.0.output.dense.weight";
  const weights: Changes["weights"] = (all) => all.get(name)!.data.fill(0, 0, 32);
  const { model, files } = await exportTiny("bert", { weights });
  const found = await runOnnx(files[1], model, texts);
  assert.ok(found.every((vector) => vector.every(Number.isFinite)));
  assert.ok(largestDifference(found, await model.encode(texts)) < 0.1);
});

test("changed weights are exported as they are at that time, whole or not at all", async () => {
  const { model, folder, files } = await exportTiny("bert");
  const before = fs.readFileSync(files[0]);
  const name = "encoder.layer.1.output.LayerNorm.bias";
  model.parameters.set(name, model.parameters.get(name).add(0.5));
  await exportOnnx(model, folder);
  assert.notDeepEqual(fs.readFileSync(files[0]), before);
  const found = await runOnnx(files[0], model, texts);
  assert.ok(largestDifference(found, await model.encode(texts)) < 1e-5);
  assert.deepEqual(fs.readdirSync(path.join(folder, "onnx")).sort(), [
    "model.onnx",
    "model_quantized.onnx",
  ]);
});

test("the tokenizer's own limit becomes the model's; its other settings stay", async () => {
  const { model, folder } = await exportTiny("bert");
  const file = path.join(folder, "tokenizer_config.json");
  assert.ok(!fs.existsSync(file));
  writeJson(file, { tokenizer_class: "BertTokenizer", model_max_length: 512 });
  await exportOnnx(model, folder);
  const expected = { tokenizer_class: "BertTokenizer", model_max_length: model.maxTokens };
  assert.deepEqual(readJson(file), expected);
});

test("weights that lack a tensor are refused by its name", async () => {
  const { model, folder } = await exportTiny("bert");
  const weights = model.parameters.read();
  weights.delete("encoder.layer.0.output.dense.bias");
  const half = { config: model.config, parameters: { read: () => weights } };
  await assert.rejects(exportOnnx(half, folder), (error: Error) => {
    assert.ok(error instanceof InputError);
    return error.message.includes("encoder.layer.0.output.dense.bias");
  });
});
