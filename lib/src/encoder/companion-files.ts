import * as fs from "node:fs";
import * as path from "node:path";
import { readJson, writeJson } from "../common/index";
import { moduleFiles } from "./modules";

const top = ["config.json", "modules.json", "config_sentence_transformers.json"];
const text = ["sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"];
const words = ["special_tokens_map.json", "vocab.txt"];

/** Copies the files of a model folder that say what its weights mean. */
export async function copyCompanions(from: string, to: string): Promise<void> {
  for (const file of [...moduleFiles(from), ...top, ...text, ...words]) {
    const source = path.join(from, file);
    if (fs.existsSync(source)) await fs.promises.cp(source, path.join(to, file));
  }
}

/** Says in a folder's `config.json` that the weights are float32: Python computes in the type that stands there. */
export function declareFloat32(folder: string): void {
  const file = path.join(folder, "config.json");
  const config = readJson<Record<string, unknown>>(file);
  // The second name is the older one.
  const names = ["dtype", "torch_dtype"].filter(
    (name) => (config[name] ?? "float32") !== "float32",
  );
  if (names.length === 0) return;
  const float32 = Object.fromEntries(names.map((name) => [name, "float32"]));
  writeJson(file, { ...config, ...float32 });
}
