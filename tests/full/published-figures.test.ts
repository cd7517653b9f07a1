import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import { type QuestionRow, loadSettings, readJson, readJsonLines, sha256 } from "mrl/common";
import { splitRowsAtRandom } from "mrl/dataset";
import { findBaseModel, loadModel } from "mrl/encoder";
import { evaluateRetrieval, toRowCorpus } from "mrl/evaluation";
import { makeNotebookProject } from "../environment/notebook-project";
import { type Ended, projectRoot, runNode } from "../environment/run-script";
import { type HubServer, startHubServer } from "../hub/hub-server";
import { addDataset, toParquetFile } from "../hub/row-files";
import { copyNotebooks } from "./smoke-project";

// The notebook at smoke size, against a Hub on loopback that has questions of the sample as two Parquet files.
const name = "the-published-figures";
const root = makeNotebookProject();
const workDir = path.join(root, "data", "work", "smoke");
const rows = readSampleRows(30);
let hub: HubServer;

before(async () => {
  copyNotebooks(root);
  const file = path.join("notebooks", "extra", `${name}.ipynb`);
  fs.mkdirSync(path.join(root, "notebooks", "extra"));
  fs.copyFileSync(path.join(projectRoot, file), path.join(root, file));
  hub = await startHubServer();
  addDataset(hub, "them/rows", {
    "data/train-00000-of-00002.parquet": toParquetFile(rows.slice(0, 50)),
    "data/train-00001-of-00002.parquet": toParquetFile(rows.slice(50)),
  });
});
after(() => hub.stop());

/** Every question of the first passages of the sample, in the columns of the published work. */
function readSampleRows(passages: number): Omit<QuestionRow, "page">[] {
  const sample = path.join(projectRoot, "data", "sample");
  const recordings = readJsonLines<{ sha256: string; qa: { question: string; answer: string }[] }>(
    path.join(sample, "questions.jsonl"),
  );
  const pairsOf = new Map(recordings.map((one) => [one.sha256, one.qa]));
  const chunks = readJsonLines<{ text: string }>(path.join(sample, "chunks.jsonl"));
  return chunks.slice(0, passages).flatMap(({ text }, global_chunk_id) =>
    pairsOf.get(sha256(text))!.map(({ question, answer }, i) => {
      return { global_chunk_id, text, question_id: i + 1, question, answer };
    }),
  );
}

function run(): Promise<Ended> {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--root", root, "--only", `extra/${name}`];
  const own = { HF_ENDPOINT: hub.url, MRL_PUBLISHED_DATASET_REPO: "them/rows" };
  return runNode(args, { ...process.env, ...own, MRL_TRAINING_MAX_UPDATES: "2" });
}

type Metrics = Record<string, number>;
interface Figures {
  repo: string;
  commit: string;
  rows: number;
  testRows: number;
  bestEpoch: number;
  base: Metrics;
  tuned: Metrics;
}
const readFigures = (): Figures => readJson(path.join(workDir, "extra", `${name}.json`));

/** What the one run of training has recorded, of one type. */
function readEvents(type: string): { type: string; metrics?: Metrics }[] {
  const home = path.join(workDir, "extra", name);
  const runs = fs.readdirSync(home);
  assert.equal(runs.length, 1);
  const file = path.join(home, runs[0], "run", "events.jsonl");
  return readJsonLines<{ type: string }>(file).filter((event) => event.type === type);
}

describe("the published figures", () => {
  it("runs without an earlier notebook, a key or a word on stderr, and tells its data's commit", async () => {
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout + stderr);
    const { repo, commit, rows: count, testRows } = readFigures();
    assert.deepEqual([repo, commit, count, testRows], ["them/rows", "c0ffee", 120, 12]);
    const { cells } = readJson<{ cells: { outputs?: { name?: string }[] }[] }>(
      path.join(workDir, "notebooks", "extra", `${name}.ipynb`),
    );
    const outputs = cells.flatMap((cell) => cell.outputs ?? []);
    assert.ok(outputs.length > 5, `${outputs.length} outputs`);
    assert.deepEqual(
      outputs.filter((output) => output.name === "stderr"),
      [],
    );
  });

  it("measures the base model as an evaluation outside the notebook does", async () => {
    const settings = loadSettings({}, { ...process.env, MRL_PROFILE: "smoke" });
    const withPage = rows.map((row) => ({ ...row, page: "" }));
    const { test } = splitRowsAtRandom(withPage, 0.1, settings.splitRows.seed);
    const model = await loadModel(findBaseModel(settings.model.base, projectRoot), settings.model);
    const set = toRowCorpus(test, withPage);
    const { metrics } = await evaluateRetrieval(model, set, { dims: settings.model.dims });
    model.dispose();
    const { base } = readFigures();
    assert.ok(base["dim_384_cosine_ndcg@10"] > 0.3);
    assert.deepEqual(base, metrics);
  });

  it("measures another model after training, and gets what the epoch got that was chosen", () => {
    const { base, tuned, bestEpoch } = readFigures();
    assert.deepEqual(Object.keys(tuned), Object.keys(base));
    assert.notDeepEqual(tuned, base);
    assert.equal(bestEpoch, 1);
    assert.deepEqual(readEvents("evaluation").at(0)?.metrics, tuned);
  });

  it("run again, asks the Hub for nothing and trains nothing anew, and gives the same figures", async () => {
    const figures = readFigures();
    const requests = hub.routes.length;
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout + stderr);
    assert.equal(hub.routes.length, requests);
    assert.equal(readEvents("update").length, 2);
    assert.deepEqual(readFigures(), figures);
  });
});
