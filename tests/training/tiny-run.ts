import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { loadModel, type SentenceEncoder, type Weights } from "mrl/encoder";
import type { FineTuneOptions, Pair, TrainingEvent } from "mrl/training";
import { writeText, writeTinyModel } from "../encoder/tiny-model";

/** 24 questions about 12 chunks; a question is made of words of its chunk. */
export const pairs: Pair[] = Array.from({ length: 24 }, (_, i) => {
  const text = writeText(8, 200 + (i % 12));
  const words = text.split(" ");
  return { question: words.slice(i % 5, (i % 5) + 3).join(" "), text, chunkId: i % 12 };
});

/** Four epochs of at least three batches: twelve updates or a few more. */
export const options: FineTuneOptions = {
  epochs: 4,
  batchSize: 8,
  dims: [16, 8, 4],
  lr: 3e-3,
  seed: 7,
};

const base = writeTinyModel("bert", { seed: 3 });
const folders = [base];

/** The tiny model with its first weights. */
export function openModel(precision: "f32" | "bf16" = "f32"): Promise<SentenceEncoder> {
  return loadModel(base, { precision });
}

/** An empty folder for a run. */
export function createRunFolder(): string {
  folders.push(fs.mkdtempSync(path.join(os.tmpdir(), "mrl-run-")));
  return folders.at(-1)!;
}

/** Removes what this file has made; for `after`. */
export function removeFolders(): void {
  folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
}

/** A copy of all weights. */
export function copyWeights(model: SentenceEncoder): Map<string, Weights> {
  return structuredClone(model.parameters.read());
}

/** Collects the events of one type. */
export function collect<T extends TrainingEvent["type"]>(
  type: T,
): { events: Extract<TrainingEvent, { type: T }>[]; onEvent: (event: TrainingEvent) => void } {
  const events: Extract<TrainingEvent, { type: T }>[] = [];
  return {
    events,
    onEvent: (event) => {
      if (event.type === type) events.push(event as Extract<TrainingEvent, { type: T }>);
    },
  };
}
