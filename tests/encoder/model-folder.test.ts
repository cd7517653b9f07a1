import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, test } from "node:test";
import { findBaseModel, loadModel, readConfig } from "mrl/encoder";
import { assertRefused } from "./assert-refused";
import { writeTinyModel, type Changes } from "./tiny-model";

const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

function writeFolder(changes: Changes = {}): string {
  folders.push(writeTinyModel("bert", changes));
  return folders.at(-1)!;
}

test("a missing tensor is refused by name", async () => {
  const name = "encoder.layer.1.output.dense.weight";
  const folder = writeFolder({ weights: (weights) => weights.delete(name) });
  await assertRefused(folder, name, "is missing", "[16, 32]");
});

for (const name of ["position", "token_type"].map((of) => `embeddings.${of}_embeddings.weight`)) {
  test(`a missing table is refused by name: ${name}`, async () => {
    const folder = writeFolder({ weights: (weights) => weights.delete(name) });
    await assertRefused(folder, name, "is missing");
  });
}

test("a tensor of another shape is refused with both shapes", async () => {
  const folder = writeFolder({ config: { intermediate_size: 48 } });
  await assertRefused(folder, "intermediate.dense.weight", "[32, 16]", "[48, 16]");
});

test("a position table shorter than the texts may be is refused", async () => {
  const name = "embeddings.position_embeddings.weight";
  const weights = { shape: [8, 16], data: new Float32Array(128) };
  const folder = writeFolder({ weights: (all) => all.set(name, weights) });
  await assertRefused(folder, name, "[8, 16]");
});

for (const file of ["tokenizer.json", "model.safetensors", "config.json", "modules.json"]) {
  test(`a folder without ${file} is refused by the file's name`, async () => {
    const folder = writeFolder();
    fs.rmSync(path.join(folder, file));
    await assertRefused(folder, path.join(folder, file));
  });
}

test("a folder that is not there is refused by its name", async () => {
  await assertRefused("/no/such/model", "there is no model folder /no/such/model");
});

for (const model_type of ["t5", "roberta", "distilbert", "nomic_bert", "modernbert"]) {
  test(`the architecture ${model_type} is refused by name, with the supported ones`, async () => {
    const folder = writeFolder({ config: { model_type } });
    await assertRefused(folder, folder, `model_type is "${model_type}"`, "bert, mpnet");
  });
}

test("a model that brings its own code is refused", async () => {
  const folder = writeFolder({ config: { auto_map: { AutoModel: "modeling.OwnModel" } } });
  await assertRefused(folder, "auto_map is", "OwnModel", "supported: none");
});

test("a default prompt that the folder does not have is refused with those that it has", async () => {
  const prompts = { prompts: { query: "query: " }, default_prompt_name: "title" };
  await assertRefused(writeFolder({ prompts }), 'default_prompt_name is "title"', '"query: "');
});

test("a prompt that is no text is refused by its name", async () => {
  await assertRefused(writeFolder({ prompts: { prompts: { query: 3 } } }), '"query" is no text');
});

for (const [key, value] of [
  ["hidden_act", "relu"],
  ["position_embedding_type", "relative_key"],
  ["position_embedding_type", "alibi"],
  ["position_embedding_type", "rotary"],
  ["is_decoder", true],
  ["num_attention_heads", 3],
  ["num_hidden_layers", 0],
] as const) {
  test(`the setting ${key} ${value} is refused`, async () => {
    const folder = writeFolder({ config: { [key]: value } });
    await assertRefused(folder, JSON.stringify(value === 3 ? 16 : value), "supported:");
  });
}

for (const pooling of [{ pooling_mode_lasttoken: true }, { pooling_mode: "max" }]) {
  test(`pooling that is not supported is refused: ${JSON.stringify(pooling)}`, async () => {
    await assertRefused(writeFolder({ pooling }), "pooling is", "supported: mean, cls");
  });
}

test("pooling that leaves out the prompt's tokens is refused", async () => {
  const pooling = { pooling_mode_mean_tokens: true, include_prompt: false };
  await assertRefused(writeFolder({ pooling }), "include_prompt is false", "supported: true");
});

test("pooling of two kinds at once is refused", async () => {
  const pooling = { pooling_mode_mean_tokens: true, pooling_mode_max_tokens: true };
  await assertRefused(writeFolder({ pooling }), "mean_tokens+max_tokens");
});

test("a module that is not supported is refused by name", async () => {
  const folder = writeFolder();
  const file = path.join(folder, "modules.json");
  const modules = JSON.parse(fs.readFileSync(file, "utf8")) as object[];
  const type = "sentence_transformers.models.Dense";
  fs.writeFileSync(
    file,
    JSON.stringify([...modules, { idx: 2, name: "2", path: "2_Dense", type }]),
  );
  await assertRefused(folder, type, "Transformer, Pooling, Normalize");
});

test("the token limit stands in sentence-transformers' own file or in the tokenizer's, and is never above the positions", () => {
  const limitOf = (own: object, tokenizer: object): number => {
    const folder = writeFolder();
    fs.writeFileSync(path.join(folder, "sentence_bert_config.json"), JSON.stringify(own));
    fs.writeFileSync(path.join(folder, "tokenizer_config.json"), JSON.stringify(tokenizer));
    return readConfig(folder).maxTokens;
  };
  assert.equal(limitOf({ max_seq_length: 12 }, { model_max_length: 20 }), 12);
  assert.equal(limitOf({}, { model_max_length: 20 }), 20);
  assert.equal(limitOf({ max_seq_length: null }, { model_max_length: 1e30 }), 40);
  assert.equal(limitOf({}, {}), 40);
});

test("a GPU is refused where there is none, with the way out; a CPU the other way round", async () => {
  const folder = writeFolder();
  const { device } = await loadModel(folder);
  const other = device === "cpu" ? "gpu" : "cpu";
  await assert.rejects(loadModel(folder, { device: other }), {
    name: "InputError",
    message: new RegExp(`device is "${other}", but TensorFlow runs on the ${device}; \\w+`),
  });
});

test("a base model is found as a folder, and the way out is named where it is nowhere", () => {
  const folder = writeFolder();
  assert.equal(findBaseModel(folder, "/"), folder);
  assert.throws(() => findBaseModel("some/model", "/no"), /some\/model .*npm run setup/);
});
