import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type RunSettings, type SettingsChange, loadSettings, writeJson } from "mrl/common";
import { type Weights, writeSafetensors } from "mrl/encoder";

/** What `describeDataset` says, in short. */
export const data = {
  source: "the documentation of Weft, a fictional product",
  provenance: "The questions are recorded answers, written once by a language model.",
  preparation: "Pages were split at random with seed 42.",
};

const metrics = (ndcg: number): Record<string, number> => ({
  "dim_128_cosine_ndcg@10": ndcg - 0.1,
  "dim_384_cosine_accuracy@1": 0.5,
  "dim_384_cosine_ndcg@10": ndcg,
});

/** The results that the work folder holds. */
export const results = {
  data: "1f2e",
  queries: { seen: 210, unseen: 263 },
  base: { seen: metrics(0.62), unseen: metrics(0.6234567) },
  tuned: { seen: metrics(0.76), unseen: metrics(0.74) },
};

/** A project folder in which notebooks 04 to 07 have run, with a model of zeros. */
export function createWorkFolder(change: SettingsChange = {}): RunSettings {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-hub-"));
  const settings = loadSettings(change, { MRL_PROFILE: "smoke", MRL_ROOT: root });
  const write = (file: string, content: string | Buffer): void => {
    const target = path.join(settings.workDir, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  };
  for (const set of ["train", "validation", "seen", "unseen"]) {
    write(`dataset/${set}.jsonl`, `{"set":"${set}"}\n`);
    write(`dataset/${set}.parquet`, `PAR1 ${set}`);
  }
  write(
    "dataset/README.md",
    '---\nlicense: apache-2.0\n---\n# Questions\nload_dataset("path/to/this/folder")\n',
  );
  write("dataset/filter-report.json", "{}");
  writeSafetensors(path.join(settings.workDir, "model/model.safetensors"), createWeights());
  write("model/config.json", JSON.stringify(bertConfig));
  write("model/modules.json", JSON.stringify(modules));
  write("model/1_Pooling/config.json", JSON.stringify({ pooling_mode_mean_tokens: true }));
  write("model/sentence_bert_config.json", JSON.stringify({ max_seq_length: 256 }));
  write("model/.cache", "not to be published");
  writeRun(settings, "first", "2026-01-01T10:00:00Z", 1);
  writeRun(settings, "second", "2026-01-01T11:00:00Z", 3);
  writeRun(settings, "unfinished", "2026-01-01T12:00:00Z", undefined);
  writeJson(path.join(settings.workDir, "results.json"), results);
  return settings;
}

function writeRun(settings: RunSettings, id: string, time: string, best: number | undefined): void {
  const folder = path.join(settings.workDir, "runs", id);
  const options = { batchSize: 32, dims: [384, 128], epochs: 3, lr: 2e-5, seed: 42, selectBy: "x" };
  writeJson(path.join(folder, "settings.json"), { options, precision: "bf16", device: "cpu" });
  const events = [
    { type: "start", updates: 180, done: 0, pairs: 1897 },
    { type: "update", update: 1, seconds: 60 },
    { type: "update", update: 2, seconds: 120 },
    ...(best === undefined ? [] : [{ type: "end", bestEpoch: best, seconds: 200 }]),
  ];
  const lines = events.map((event) => JSON.stringify({ time, ...event }) + "\n");
  fs.writeFileSync(path.join(folder, "events.jsonl"), lines.join(""));
}

/** Zeros in the shapes of `bertConfig`. */
function createWeights(): Map<string, Weights> {
  const [layer, width, inner] = ["encoder.layer.0", 384, bertConfig.intermediate_size];
  const tables = { word: bertConfig.vocab_size, position: 512, token_type: 2 };
  const attention = ["self.query", "self.key", "self.value", "output.dense"];
  const matrices: [string, number, number][] = [
    ...attention.map((part): [string, number, number] => [`attention.${part}`, width, width]),
    ["intermediate.dense", inner, width],
    ["output.dense", width, inner],
  ];
  const norms = ["embeddings", `${layer}.attention.output`, `${layer}.output`];
  const shapes: [string, number[]][] = [
    ...Object.entries(tables).map(([name, rows]): [string, number[]] => [
      `embeddings.${name}_embeddings.weight`,
      [rows, width],
    ]),
    ...matrices.map(([name, ...shape]): [string, number[]] => [`${layer}.${name}.weight`, shape]),
    ...matrices.map(([name, out]): [string, number[]] => [`${layer}.${name}.bias`, [out]]),
    ...norms.flatMap((name) =>
      ["weight", "bias"].map((part): [string, number[]] => [`${name}.LayerNorm.${part}`, [width]]),
    ),
  ];
  const zeros = (shape: number[]): Float32Array => new Float32Array(shape.reduce((a, b) => a * b));
  return new Map(shapes.map(([name, shape]) => [name, { shape, data: zeros(shape) }]));
}

const bertConfig = {
  model_type: "bert",
  num_hidden_layers: 1,
  hidden_size: 384,
  num_attention_heads: 2,
  intermediate_size: 8,
  vocab_size: 10,
  max_position_embeddings: 512,
  layer_norm_eps: 1e-12,
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  hidden_act: "gelu",
};

const modules = [
  { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
  { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
];
