import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { readJson } from "mrl/common";

// Needs the files that the smoke run of `npm test` leaves.
const workDir = path.join(process.cwd(), "data", "work", "smoke");

interface Notebook {
  cells: { cell_type: string; outputs: { name?: string }[] }[];
}

/** Runs one of notebooks/extra at smoke size; gives what it wrote. */
function runExtra<T>(name: string): T {
  const results = path.join(workDir, "extra", `${name}.json`);
  fs.rmSync(results, { force: true });
  const script = path.join("environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--only", `extra/${name}`];
  // Two updates are enough to tell the models apart.
  const env = { ...process.env, MRL_TRAINING_MAX_UPDATES: "2" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  const { cells } = readJson<Notebook>(path.join(workDir, "notebooks", "extra", `${name}.ipynb`));
  const outputs = cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []));
  assert.ok(outputs.length > 0);
  assert.equal(outputs.filter((output) => output.name === "stderr").length, 0);
  return readJson<T>(results);
}

type Metrics = Record<string, number>;

test("mrl-or-plain trains six models that differ, and small-vectors then measures those of MRL", () => {
  fs.rmSync(path.join(workDir, "extra", "mrl-or-plain"), { recursive: true, force: true });
  const { base, runs } = runExtra<{
    base: { unseen: Metrics };
    runs: { method: string; seed: number; folder: string; unseen: Metrics }[];
  }>("mrl-or-plain");
  const labels = runs.map(({ method, seed }) => `${method}-${seed}`);
  assert.deepEqual(labels, ["MRL-1", "plain-1", "MRL-2", "plain-2", "MRL-3", "plain-3"]);
  const all = [base, ...runs].map(({ unseen }) => JSON.stringify(unseen));
  assert.equal(new Set(all).size, 7);

  const { models, measured } = runExtra<{
    models: string[];
    measured: { dim: number; form: string; bytes: number; ndcg: number[] }[];
  }>("small-vectors");
  const folders = runs.filter(({ method }) => method === "MRL").map(({ folder }) => folder);
  assert.deepEqual(models, folders);
  const whole = measured.find(({ dim, form }) => dim === 384 && form === "float32")!;
  const expected = runs.filter(({ method }) => method === "MRL");
  assert.deepEqual(
    whole.ndcg,
    expected.map(({ unseen }) => unseen["dim_384_cosine_ndcg@10"]),
  );
  assert.ok(measured.every(({ ndcg }) => ndcg.every((value) => value > 0.1 && value <= 1)));
});

/** When each model of an extra notebook was written. */
function writtenAt(name: string): string[] {
  const folder = path.join(workDir, "extra", name);
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("model.safetensors"))
    .map((file) => `${file} ${fs.statSync(path.join(folder, file)).mtimeMs}`)
    .sort();
}

interface Trained {
  seed: number;
  unseen: Metrics;
}

test("hard-negatives mines some, trains with them, and takes the models without from mrl-or-plain", () => {
  fs.rmSync(path.join(workDir, "extra", "hard-negatives"), { recursive: true, force: true });
  const before = writtenAt("mrl-or-plain");
  const { mined, base, runs } = runExtra<{
    mined: number;
    base: Trained;
    runs: (Trained & { method: string })[];
  }>("hard-negatives");
  assert.ok(mined > 10, `${mined} pairs have a hard negative`);
  const labels = runs.map(({ method, seed }) => `${method} ${seed}`);
  const both = (seed: number): string[] => [`in-batch only ${seed}`, `with hard ones ${seed}`];
  assert.deepEqual(labels, [1, 2, 3].flatMap(both));
  assert.deepEqual(writtenAt("mrl-or-plain"), before);
  assert.equal(before.length, 6);
  assert.equal(new Set([base, ...runs].map(({ unseen }) => JSON.stringify(unseen))).size, 7);
});

test("in-batch-negatives chooses a rate for each size on validation, and trains three seeds with it", () => {
  fs.rmSync(path.join(workDir, "extra", "in-batch-negatives"), { recursive: true, force: true });
  const { updates, tried, runs } = runExtra<{
    updates: number;
    tried: { size: number; lr: number; ndcg: number }[];
    runs: { size: number; lr: number; seed: number }[];
  }>("in-batch-negatives");
  assert.equal(updates, 2);
  assert.equal(tried.length, 9);
  for (const size of [32, 128, 512]) {
    const ofSize = runs.filter((run) => run.size === size);
    assert.deepEqual(
      ofSize.map(({ seed }) => seed),
      [1, 2, 3],
    );
    const best = Math.max(...tried.filter((run) => run.size === size).map(({ ndcg }) => ndcg));
    const chosen = tried.find((run) => run.size === size && run.lr === ofSize[0].lr)!;
    assert.equal(chosen.ndcg, best);
  }
});

test("search-at-scale: longer vectors find more, a second step more than the short ones, the more the more candidates", () => {
  const { passages, rows } = runExtra<{
    passages: number;
    rows: { way: string; "recall@10": number; "megabytes read": number }[];
  }>("search-at-scale");
  assert.equal(passages, 1000);
  const found = rows.map((row) => row["recall@10"]);
  const [of384, of256, of128, of64, of20, of100, of400] = found;
  assert.equal(of384, 1);
  assert.ok(of64 <= of128 && of128 <= of256 && of64 < of256, found.join());
  assert.ok(of64 < of20 && of20 <= of100 && of100 <= of400, found.join());
  // 1,000 vectors of 384 and of 64 numbers of 4 bytes; with the 64, 100 whole ones
  assert.deepEqual(
    [0, 3, 5].map((i) => rows[i]["megabytes read"]),
    [1.536, 0.256, 0.4096],
  );
});

test("anywhere: transformers.js gives our vectors, and with 8 bits nearly the same ranking from a quarter of the bytes", () => {
  const { differences, rows } = runExtra<{
    differences: Record<string, number>[];
    rows: Record<string, number>[];
  }>("anywhere");
  assert.ok(differences.length > 3);
  for (const row of differences) {
    assert.ok(row.float32 < 1e-4, `${row.float32}`);
    const near = row["cosine of 8 bits with ours"];
    assert.ok(near > 0.95 && near < 0.99999, `${near}`);
  }
  const [float32, int8] = rows;
  assert.ok(int8.megabytes < 0.3 * float32.megabytes);
  const { tuned } = readJson<{ tuned: { unseen: Metrics } }>(path.join(workDir, "results.json"));
  for (const dim of [384, 256, 128, 64]) {
    // Texts that are cut have another vector in transformers.js.
    const ours = tuned.unseen[`dim_${dim}_cosine_ndcg@10`];
    const [whole, small] = [float32, int8].map((row) => row[`at ${dim}`]);
    assert.ok(Math.abs(whole - ours) < 0.05, `${whole}, ${ours}`);
    assert.ok(Math.abs(small - whole) < 0.1, `${small}, ${whole}`);
  }
});
