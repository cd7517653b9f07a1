// What both sides do, from the sample's files: the same texts in the same batches.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Every comparison of the benchmark. `reach` and `aim`: times faster than the peer that we set out to be; `apart`:
 * memory does not hold both sides at once.
 */
export const works = [
  {
    id: "minilm-train-f32",
    kind: "train",
    model: "all-MiniLM-L6-v2",
    precision: "f32",
    reach: 2,
    aim: 4,
  },
  {
    id: "minilm-train-bf16",
    kind: "train",
    model: "all-MiniLM-L6-v2",
    precision: "bf16",
    reach: 1.75,
    aim: 3,
  },
  {
    id: "minilm-encode-f32",
    kind: "encode",
    model: "all-MiniLM-L6-v2",
    precision: "f32",
    reach: 1.5,
    aim: 2,
  },
  {
    id: "mpnet-train-bf16",
    kind: "train",
    apart: true,
    model: "all-mpnet-base-v2",
    precision: "bf16",
    reach: 1.5,
    aim: 2.5,
  },
  {
    id: "mpnet-encode-f32",
    kind: "encode",
    model: "all-mpnet-base-v2",
    precision: "f32",
    reach: 1.5,
    aim: 2.5,
  },
];

const dims = {
  "all-MiniLM-L6-v2": [384, 256, 128, 64],
  "all-mpnet-base-v2": [768, 512, 256, 128, 64],
};
const batchSize = 32;

/**
 * The input of one work: batches of 32 pairs of the sample, no chunk twice in one; for encoding, blocks of chunks.
 * @param rounds how many
 */
export function createWorkload(root, work, rounds) {
  const chunks = readLines(path.join(root, "data", "sample", "chunks.jsonl")).map(
    ({ text }) => text,
  );
  const questions = readLines(path.join(root, "data", "sample", "questions.jsonl"));
  const base = {
    ...work,
    dims: dims[work.model],
    folder: path.join(root, "environment", ".cache", "models", work.model),
  };
  if (work.kind === "encode") {
    const size = work.model === "all-MiniLM-L6-v2" ? 128 : 32;
    return { ...base, blocks: slices(spread(chunks, rounds * size), size) };
  }
  const asked = new Map(questions.map((line) => [line.sha256, line.qa[0].question]));
  const pairs = chunks.map((text) => ({ question: asked.get(sha256(text)), text }));
  return { ...base, batches: slices(spread(pairs, rounds * batchSize), batchSize) };
}

/** The same pairs in batches of similar passage length, as a user who knows it would have them made. */
export function groupByLength({ batches, ...workload }) {
  const sorted = batches.flat().sort((a, b) => b.text.length - a.text.length);
  return { ...workload, batches: slices(sorted, batchSize) };
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

function readLines(file) {
  return fs.readFileSync(file, "utf8").trim().split("\n").map(JSON.parse);
}

/** `count` items from all over the list, in a fixed order that is not the list's. */
function spread(items, count) {
  const step = 257; // a prime: every item comes once before one comes again
  return Array.from({ length: count }, (_, i) => items[(i * step) % items.length]);
}

function slices(items, size) {
  return Array.from({ length: Math.floor(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
