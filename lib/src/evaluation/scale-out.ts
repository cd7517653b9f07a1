import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson } from "../common/index";
import type { ModelResults } from "./results-file";

/** What `environment/scale-out/train.py` has measured, in its own names. */
export interface ScaleOutRun {
  /** Hash of the data, as `hashTestData` gives it. */
  data: string;
  processes: number;
  precision: string;
  seed: number;
  trainingSeconds: number;
  options: Record<string, unknown>;
  versions: Record<string, string>;
  base: ModelResults;
  tuned: ModelResults;
}

/**
 * The figures of a training by PyTorch's distributed launcher.
 * @param folder that the script wrote, with `model/` beside the figures
 * @param data hash of the data that they are to be compared on
 * @returns null where the script has not run
 * @throws InputError when they were measured on other data
 */
export function readScaleOut(folder: string, data: string): ScaleOutRun | null {
  const file = path.join(folder, "results.json");
  if (!fs.existsSync(file)) return null;
  const run = readJson<ScaleOutRun>(file, "environment/scale-out/train.py");
  if (run.data === data) return run;
  throw new InputError(
    `${file} was measured on other data; run environment/scale-out/train.py again, or remove ${folder}`,
  );
}
