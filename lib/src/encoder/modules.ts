import * as path from "node:path";
import { InputError, readJson } from "../common/index";

/** How the vectors of a text's tokens become one: their mean, or the first token's. */
export type PoolingMode = "mean" | "cls";

interface ModuleEntry {
  path: string;
  type: string;
}

const known = ["Transformer", "Pooling", "Normalize"];

/**
 * Reads and checks what follows the transformer: `modules.json` and the pooling's settings. A Normalize module may
 * be there or not: the library's vectors have length 1 in any case.
 * @throws InputError naming the module or setting that is not supported
 */
export function readPooling(folder: string): PoolingMode {
  const modules = readModules(folder);
  const names = modules.map(({ type }) => type.slice(type.lastIndexOf(".") + 1));
  const unknown = names.findIndex((name) => !known.includes(name));
  if (unknown >= 0) {
    throw new InputError(
      `${folder}: module ${modules[unknown].type} is not supported; there may be ${known.join(", ")}`,
    );
  }
  const pooling = names.indexOf("Pooling");
  if (pooling < 0) throw new InputError(`${folder}/modules.json names no Pooling module`);
  return readMode(path.join(folder, modules[pooling].path, "config.json"));
}

/** Files of the modules' settings, as paths in the folder. */
export function moduleFiles(folder: string): string[] {
  const paths = readModules(folder).map((module) => module.path);
  return paths.filter((inside) => inside !== "").map((inside) => path.join(inside, "config.json"));
}

function readModules(folder: string): ModuleEntry[] {
  return readJson<ModuleEntry[]>(path.join(folder, "modules.json"), "sentence-transformers");
}

/** The pooling in either of the forms that sentence-transformers writes: flags, or one name. */
function readMode(file: string): PoolingMode {
  const config = readJson<Record<string, unknown>>(file, "sentence-transformers");
  if (config.include_prompt === false) {
    throw new InputError(`${file}: include_prompt is false; supported: true`);
  }
  const flags = Object.keys(config).filter(
    (k) => k.startsWith("pooling_mode_") && config[k] === true,
  );
  const mode = config.pooling_mode ?? flags.map((k) => k.slice("pooling_mode_".length)).join("+");
  if (mode === "mean" || mode === "mean_tokens") return "mean";
  if (mode === "cls" || mode === "cls_token") return "cls";
  throw new InputError(`${file}: pooling is ${JSON.stringify(mode)}; supported: mean, cls`);
}
