import * as path from "node:path";
import { sha256, sha256File, type RunSettings } from "../common/index";
import type { Pair } from "./batches";

/**
 * A name for a run's folder, 12 hexadecimal digits: another one where the settings of model or training, the base
 * model's weights in `base/`, the pairs, or any of `others` are different.
 */
export function nameRun(
  settings: Pick<RunSettings, "model" | "training" | "workDir">,
  pairs: readonly Pair[],
  ...others: unknown[]
): string {
  const weights = sha256File(path.join(settings.workDir, "base", "model.safetensors"));
  const parts = [settings.model, settings.training, weights, pairs, ...others];
  return sha256(JSON.stringify(parts)).slice(0, 12);
}
