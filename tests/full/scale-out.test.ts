import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { type Chunk, readJson, readJsonLines, writeJson } from "mrl/common";
import { readDataset, toRetrievalSet } from "mrl/dataset";
import { loadModel } from "mrl/encoder";
import { evaluateRetrieval, hashTestData, readScaleOut, type ScaleOutRun } from "mrl/evaluation";
import { runPeer } from "./peer";

// Needs the files that the smoke run of `npm test` leaves. Dropout is off, so that two runs can be compared.
const smoke = path.join(process.cwd(), "data", "work", "smoke");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-scale-out-"));
const base = path.join(folder, "base");
const dims = [384, 64];
const script = "environment/scale-out/train.py";
const runs = {} as Record<"one" | "two", ScaleOutRun>;
after(() => fs.rmSync(folder, { recursive: true }));

async function train(name: "one" | "two", command: string, args: string[]): Promise<void> {
  const output = path.join(folder, name);
  const given = ["--work", smoke, "--model", base, "--output", output];
  const short = ["--dims", dims.join(), "--selection-dim", "64", "--max-updates", "3"];
  await runPeer(command, [...args, script, ...given, ...short]);
  runs[name] = readScaleOut(output, hashTestData(smoke))!;
}

before(async () => {
  fs.cpSync(path.join(smoke, "base"), base, { recursive: true });
  const file = path.join(base, "config.json");
  const off = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  writeJson(file, { ...readJson<object>(file), ...off });
  await train("one", "python", []);
  await train("two", "torchrun", ["--nproc-per-node", "2"]);
});

test("the settings are those that notebook 06 recorded, changed by flags", () => {
  const { batch_size, lr, max_updates } = runs.two.options;
  assert.deepEqual([batch_size, lr, max_updates], [8, 5e-5, 3]);
  assert.deepEqual([runs.one.processes, runs.two.processes], [1, 2]);
});

test("two processes train what one trains: the same batches, negatives and updates", async () => {
  const [start, one, two] = await Promise.all(
    [base, path.join(folder, "one/model"), path.join(folder, "two/model")].map((at) =>
      loadModel(at),
    ),
  );
  const weights = [start, one, two].map((model) => model.parameters.read());
  let [moved, apart] = [0, 0];
  for (const name of one.parameters.names()) {
    const [from, a, b] = weights.map((all) => all.get(name)!.data);
    a.forEach((value, i) => {
      moved += (value - from[i]) ** 2;
      apart += (value - b[i]) ** 2;
    });
  }
  assert.ok(moved > 0);
  // AdamW's first steps are near the learning rate whatever the gradient: where that is mere rounding, signs differ.
  assert.ok(Math.sqrt(apart / moved) < 0.1, `${Math.sqrt(apart)} of ${Math.sqrt(moved)}`);
});

test("our evaluation of the trained folder gives Python's figures", async () => {
  const model = await loadModel(path.join(folder, "two/model"), { precision: "f32" });
  const chunks = readJsonLines<Chunk>(path.join(smoke, "chunks.jsonl"));
  const set = toRetrievalSet(readDataset(path.join(smoke, "dataset")).unseen, chunks);
  const { metrics } = await evaluateRetrieval(model, set, { dims });
  assert.ok(Object.keys(metrics).length >= 20);
  for (const [name, value] of Object.entries(metrics)) {
    assert.ok(Math.abs(value - runs.two.tuned.unseen[name]) < 0.02, name);
  }
  assert.notEqual(
    runs.two.tuned.unseen["dim_64_cosine_ndcg@10"],
    runs.two.base.unseen["dim_64_cosine_ndcg@10"],
  );
});

test("figures of other data are refused, and where nothing lies there is none", () => {
  assert.equal(readScaleOut(path.join(folder, "nowhere"), "x"), null);
  assert.throws(() => readScaleOut(path.join(folder, "two"), "x"), /other data.*train\.py/);
});
