import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson, sha256, writeJson } from "../common/index";

/** One file of the store: the vectors of one request. */
interface StoredBatch {
  model: string;
  /** SHA-256 of each text. */
  texts: string[];
  dim: number;
  /** The vectors one after the other, little-endian float32 as base64. */
  vectors: string;
  tokens: number;
  costUsd: number;
}

/** Vectors that a server has been paid for, by the SHA-256 of their text. */
export interface VectorStore {
  known: Map<string, Float32Array>;
  /** Dollars that all vectors of the folder have cost, whatever their model. */
  spentUsd: number;
  /** Writes the vectors of one request, whole or not at all. */
  add: (
    texts: readonly string[],
    vectors: readonly Float32Array[],
    paid: { tokens: number; costUsd: number },
  ) => void;
}

/**
 * Opens a folder of vectors, a file a request; without a folder nothing is kept.
 * @throws InputError naming a file that is none of the store's
 */
export function openVectorStore(folder: string | undefined, model: string): VectorStore {
  const batches = folder ? readBatches(folder) : [];
  const known = new Map<string, Float32Array>();
  for (const batch of batches.filter((one) => one.model === model)) {
    const all = toVector(batch.vectors);
    batch.texts.forEach((key, i) => {
      known.set(key, all.subarray(i * batch.dim, (i + 1) * batch.dim));
    });
  }
  return {
    known,
    spentUsd: batches.reduce((sum, { costUsd }) => sum + costUsd, 0),
    add(texts, vectors, paid) {
      const keys = texts.map((text) => sha256(text));
      keys.forEach((key, i) => known.set(key, vectors[i]));
      if (!folder) return;
      const parts = vectors.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength));
      const batch: StoredBatch = {
        ...{ model, texts: keys, dim: vectors[0].length },
        ...{ vectors: Buffer.concat(parts).toString("base64"), ...paid },
      };
      const name = sha256([model, ...keys].join("\n")).slice(0, 16);
      writeJson(path.join(folder, `${name}.json`), batch);
    },
  };
}

/** Dollars that the vectors of a folder have cost. */
export function readVectorCost(folder: string): number {
  return readBatches(folder).reduce((sum, { costUsd }) => sum + costUsd, 0);
}

function readBatches(folder: string): StoredBatch[] {
  if (!fs.existsSync(folder)) return [];
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().map((name) => {
    const file = path.join(folder, name);
    const batch = readJson<Partial<StoredBatch>>(file);
    const bytes = Buffer.byteLength(batch.vectors ?? "", "base64");
    if (!batch.texts || bytes !== 4 * batch.texts.length * (batch.dim ?? 0))
      throw new InputError(`${file} holds no vectors of notebook 04; delete it`);
    return batch as StoredBatch;
  });
}

function toVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
