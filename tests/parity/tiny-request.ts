import * as fs from "node:fs";
import * as path from "node:path";
import { sha256File, writeJson } from "mrl/common";
import { tiny, writeText, writeTinyModel, type Kind } from "../encoder/tiny-model";
import type { PeerRequest } from "./peer";
import { planTraining } from "./request";

/** Where Python's answers about the tiny models are kept. */
export function fixtureFolder(kind: Kind): string {
  return path.join(process.cwd(), "tests", "fixtures", `tiny-${kind}`);
}

const mean = { word_embedding_dimension: tiny.hidden, pooling_mode_mean_tokens: true };

/** A tiny model's folder that Python can open too, with a mark of its weights. */
export function writeTinyPeer(kind: Kind): { folder: string; mark: string } {
  const folder = writeTinyModel(kind, { seed: 21, pooling: mean });
  writeJson(path.join(folder, "tokenizer_config.json"), {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...{ pad_token: "[PAD]", unk_token: "[UNK]", cls_token: "[CLS]", sep_token: "[SEP]" },
  });
  return { folder, mark: sha256File(path.join(folder, "model.safetensors")) };
}

/** Vectors, a batch and ten updates of a tiny model, with padded rows and texts that are cut. */
export function createTinyRequest(model: string): PeerRequest {
  const pairs = Array.from({ length: 44 }, (_, i) => ({
    question: writeText(1 + (i % 7), 300 + i),
    text: writeText(3 + ((5 * i) % 19), 600 + i),
    chunkId: i,
  }));
  return {
    model,
    dims: [16, 8, 4],
    embed: pairs.slice(0, 20).map(({ text }) => text),
    batch: pairs.slice(40),
    training: { ...planTraining(pairs.slice(0, 40)), lr: 1e-3 },
    schedules: [1, 2, 9, 10, 11, 41].flatMap((updates) =>
      [0, 0.1, 0.33, 0.9].map((warmup) => ({ updates, warmup })),
    ),
  };
}

/** Removes a tiny model's folder. */
export function removeTiny(folder: string): void {
  fs.rmSync(folder, { recursive: true });
}
