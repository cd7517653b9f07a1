import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { InputError, type RunSettings, writeJson } from "mrl/common";
import { prepareDatasetFolder, prepareModelFolder, readCard } from "mrl/hub";
import { createWorkFolder, data, results } from "./work-folder";

const at = (settings: RunSettings, file: string): string => path.join(settings.workDir, file);
const publishOf = (settings: RunSettings): string[] =>
  fs.readdirSync(at(settings, "publish"), { recursive: true }).map(String).sort();

test("the dataset folder holds the four sets in both forms and a card with its name on the Hub", () => {
  const settings = createWorkFolder({ publish: { datasetRepo: "me/weft" } });
  const { folder, files, bytes } = prepareDatasetFolder(settings);
  assert.equal(folder, at(settings, "publish/dataset"));
  const sets = ["seen", "train", "unseen", "validation"];
  assert.deepEqual(
    files.map((file) => file.path),
    ["README.md", ...sets.flatMap((set) => [`${set}.jsonl`, `${set}.parquet`])],
  );
  for (const { path: name } of files.slice(1)) {
    const copy = fs.readFileSync(path.join(folder, name));
    assert.deepEqual(copy, fs.readFileSync(at(settings, `dataset/${name}`)));
  }
  assert.match(
    fs.readFileSync(path.join(folder, "README.md"), "utf8"),
    /load_dataset\("me\/weft"\)/,
  );
  assert.equal(
    bytes,
    files.reduce((sum, file) => sum + file.bytes, 0),
  );
});

test("the model folder is the trained one with a card, without hidden files", () => {
  const settings = createWorkFolder();
  const { folder, files } = prepareModelFolder(settings, data);
  assert.deepEqual(
    files.map((file) => file.path),
    [
      "1_Pooling/config.json",
      "README.md",
      "config.json",
      "model.safetensors",
      "modules.json",
      "onnx/model.onnx",
      "onnx/model_quantized.onnx",
      "sentence_bert_config.json",
    ],
  );
  const weights = "model.safetensors";
  assert.deepEqual(
    fs.readFileSync(path.join(folder, weights)),
    fs.readFileSync(at(settings, `model/${weights}`)),
  );
});

test("preparing again replaces what was there and clears what a killed run left", () => {
  const settings = createWorkFolder();
  const { folder } = prepareModelFolder(settings, data);
  fs.writeFileSync(path.join(folder, "stale.bin"), "x");
  fs.mkdirSync(`${folder}.123.abcd.tmp/1_Pooling`, { recursive: true });
  prepareModelFolder(settings, data);
  assert.ok(!fs.existsSync(path.join(folder, "stale.bin")));
  assert.deepEqual(fs.readdirSync(at(settings, "publish")), ["model"]);
});

const gaps: [string, (settings: RunSettings) => void, RegExp][] = [
  ["no weights", (s) => fs.rmSync(at(s, "model/model.safetensors")), /run notebook 06 first/],
  [
    "weights that are cut short",
    (s) => fs.truncateSync(at(s, "model/model.safetensors"), 70),
    /model\.safetensors/,
  ],
  ["no results", (s) => fs.rmSync(at(s, "results.json")), /results\.json is missing; notebook 05/],
  [
    "no figures of the tuned model",
    (s) => writeJson(at(s, "results.json"), { ...results, tuned: undefined }),
    /no figures of the tuned model; run notebook 07 first/,
  ],
  ["no run", (s) => fs.rmSync(at(s, "runs"), { recursive: true }), /no finished training run/],
];

for (const [name, spoil, message] of gaps) {
  test(`${name}: the error says what to do, and the earlier folder stays whole`, () => {
    const settings = createWorkFolder();
    prepareModelFolder(settings, data);
    const before = publishOf(settings);
    spoil(settings);
    assert.throws(
      () => prepareModelFolder(settings, data),
      (error: Error) => error instanceof InputError && message.test(error.message),
    );
    assert.deepEqual(publishOf(settings), before);
  });
}

test("a set that is missing is named, and no dataset folder appears", () => {
  const settings = createWorkFolder();
  fs.rmSync(at(settings, "dataset/unseen.parquet"));
  assert.throws(
    () => prepareDatasetFolder(settings),
    /unseen\.parquet is missing; notebook 04 writes it/,
  );
  assert.ok(!fs.existsSync(at(settings, "publish")));
});

test("a file that cannot be read leaves the earlier folder whole and nothing beside it", () => {
  const settings = createWorkFolder();
  prepareDatasetFolder(settings);
  const before = publishOf(settings);
  fs.rmSync(at(settings, "dataset/unseen.parquet"));
  fs.mkdirSync(at(settings, "dataset/unseen.parquet")); // is there, but no file
  assert.throws(() => prepareDatasetFolder(settings), /publish\/dataset could not be written/);
  assert.deepEqual(publishOf(settings), before);
});

test("a card comes apart into metadata and text, and a README without metadata is refused", () => {
  const settings = createWorkFolder({ publish: { modelRepo: "me/finder" } });
  const { folder } = prepareModelFolder(settings, data);
  const { metadata, body } = readCard(folder);
  assert.match(metadata, /^language:\n- en\n/);
  assert.match(body, /^# finder\n/);
  fs.writeFileSync(path.join(folder, "README.md"), "# finder\n");
  assert.throws(() => readCard(folder), /README\.md is no card; prepare the folder again/);
});
