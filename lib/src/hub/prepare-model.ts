import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, type RunSettings, readJson } from "../common/index";
// not the encoder's index: that one starts TensorFlow, which nothing here needs
import { readConfig } from "../encoder/config";
import { writeOnnx } from "../encoder/onnx/export-onnx";
import { readSafetensors } from "../encoder/safetensors";
import type { Results } from "../evaluation/index";
import { type PublishedFolder, listFolder, writeFolderAtomic } from "./folder";
import { type DataDescription, renderModelCard } from "./model-card";
import { readLastRun } from "./training-run";

/**
 * Writes `publish/model/`: the tuned model as a sentence-transformers folder, the same as ONNX (float32 and 8-bit) for
 * transformers.js and ONNX Runtime, and its model card with the results of `results.json` and the arguments of the
 * training run.
 * @param data what is said of the data, as `describeDataset` of `mrl/dataset` gives it
 * @throws InputError naming what is missing, cut short or not measured yet, and which notebook makes it
 */
export function prepareModelFolder(settings: RunSettings, data: DataDescription): PublishedFolder {
  const source = path.join(settings.workDir, "model");
  if (!fs.existsSync(path.join(source, "model.safetensors")))
    throw new InputError(`${source} has no model.safetensors; run notebook 06 first`);
  const config = readConfig(source);
  const weights = readSafetensors(path.join(source, "model.safetensors"));
  const card = renderModelCard({
    settings,
    results: readResults(path.join(settings.workDir, "results.json")),
    run: readLastRun(path.join(settings.workDir, "runs")),
    data,
    config,
  });
  return writeFolderAtomic(path.join(settings.workDir, "publish", "model"), (folder) => {
    for (const file of listFolder(source).files) {
      const target = path.join(folder, file.path);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.copyFileSync(path.join(source, file.path), target);
    }
    writeOnnx(config, weights, folder, { int8: true });
    fs.writeFileSync(path.join(folder, "README.md"), card);
  });
}

function readResults(file: string): Results & { tuned: NonNullable<Results["tuned"]> } {
  const results = readJson<Results>(file, "notebook 05");
  const { tuned } = results;
  if (!tuned)
    throw new InputError(`${file} has no figures of the tuned model; run notebook 07 first`);
  return { ...results, tuned };
}
