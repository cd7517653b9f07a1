import * as path from "node:path";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { sha256 } from "../common/index";
import type { SentenceEncoder } from "../encoder/index";
import type { Pair } from "./batches";
import type { FineTuneOptions } from "./types";

/** Where a run's folder tells of it. */
export function recordFiles(runDir: string): Record<"settings" | "events", string> {
  return {
    settings: path.join(runDir, "settings.json"),
    events: path.join(runDir, "events.jsonl"),
  };
}

/**
 * What a run's `settings.json` tells of it: settings, what it was trained on and from, versions, device,
 * precision. Times stand in its events.
 */
export function describeRun(
  pairs: readonly Pair[],
  options: FineTuneOptions,
  model: SentenceEncoder,
): Record<string, unknown> {
  const { precision, device, kernels, config } = model;
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return {
    options: decisiveOptions(options),
    precision,
    device,
    kernels,
    data: { pairs: pairs.length, sha256: sha256(JSON.stringify(pairs)) },
    model: { ...config, sha256: model.hashSource() },
    versions: {
      node: process.version,
      tfjs: tf.version["tfjs-core"],
      tensorflow: binding.TF_Version,
    },
    platform: `${process.platform}-${process.arch}`,
  };
}

/** One mark of settings, data and the base model: a checkpoint that bears another is not gone on with. */
export function markRun(
  pairs: readonly Pair[],
  options: FineTuneOptions,
  model: SentenceEncoder,
): string {
  return sha256(JSON.stringify([decisiveOptions(options), pairs, model.hashSource()]));
}

/** The options that decide what a run computes; those that only report or save are left out. */
function decisiveOptions(options: FineTuneOptions): Record<string, unknown> {
  const entries = Object.entries(options).filter(([, value]) => typeof value !== "function");
  const others = ["signal", "outputDir", "resume", "checkpointMinutes", "keepEpochs"];
  return Object.fromEntries(entries.filter(([name]) => !others.includes(name)).sort());
}
