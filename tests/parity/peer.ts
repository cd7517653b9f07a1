import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { readJson, writeJson } from "mrl/common";
import { readSafetensors, type Weights } from "mrl/encoder";
import type { Pair } from "mrl/training";

/** A retrieval set as JSON holds it. */
export interface PlainSet {
  queries: Record<string, string>;
  corpus: Record<string, string>;
  relevant: Record<string, string[]>;
}

/** Ten updates: the pairs, in which batches they come, and how they are trained on. */
export interface TrainingPlan {
  pairs: Pair[];
  batches: number[][];
  batchSize: number;
  accumulation: number;
  lr: number;
  warmup: number;
  /** To be embedded afterwards. */
  texts: string[];
}

/** What peer.py is asked to do; a part that is missing is not done. */
export interface PeerRequest {
  /** Folder of the model, absolute. */
  model: string;
  dims: number[];
  /** To be tokenised. */
  texts?: string[];
  /** To be embedded. */
  embed?: string[];
  /** Pairs whose losses and gradients are taken. */
  batch?: Pair[];
  training?: TrainingPlan;
  /** Ranked by the model itself. */
  retrieval?: PlainSet;
  /** With copies of passages: ranked by vectors that are handed over. */
  ties?: PlainSet;
  schedules?: { updates: number; warmup: number }[];
  /** A folder that `model.save` has written, and texts to embed at `dim`. */
  saved?: { folder: string; dim: number; texts: string[] };
  /** A published dataset's folder. */
  dataset?: string;
}

/** What peer.py found. */
export interface PeerAnswer {
  versions: Record<string, string>;
  tokens: number[][];
  losses: { mnrl: number; matryoshka: number };
  updates: { lr: number; gradientNorm: number }[];
  metrics: Record<string, number>;
  tiedTexts: string[];
  tiedMetrics: Record<string, number>;
  schedules: number[][];
  dataset: Record<string, { rows: number; columns: string[]; first: Record<string, unknown> }>;
  /** Rows of a matrix: `embeddings`, `after`, `ties`, `saved`. */
  vectors: Map<string, Float32Array[]>;
  /** Of the Matryoshka loss, by parameter. */
  gradients: Map<string, Weights>;
  /** After the ten updates. */
  weights: Map<string, Weights>;
}

/**
 * Has Python do what the request asks for.
 * @param folder where the request and the answer are written
 * @throws Error with the end of Python's message
 */
export function askPeer(python: string, folder: string, request: PeerRequest): PeerAnswer {
  fs.rmSync(folder, { recursive: true, force: true });
  writeJson(path.join(folder, "request.json"), request);
  const script = path.join(process.cwd(), "tests", "parity", "peer.py");
  const env = { ...process.env, HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false" };
  const { status, stderr } = spawnSync(python, [script, folder], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`peer.py failed: ${stderr.trim().slice(-2000)}`);
  return readAnswer(folder);
}

/** What peer.py has written into a folder. */
export function readAnswer(folder: string): PeerAnswer {
  const read = (name: string): Map<string, Weights> => {
    const file = path.join(folder, `${name}.safetensors`);
    return fs.existsSync(file) ? readSafetensors(file) : new Map<string, Weights>();
  };
  const rows = ({ shape: [n, width], data }: Weights): Float32Array[] =>
    Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
  return {
    ...readJson<Omit<PeerAnswer, "vectors" | "gradients" | "weights">>(
      path.join(folder, "answer.json"),
    ),
    vectors: new Map([...read("vectors")].map(([name, matrix]) => [name, rows(matrix)])),
    gradients: read("gradients"),
    weights: read("weights"),
  };
}
