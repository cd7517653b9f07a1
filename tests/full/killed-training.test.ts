import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sha256File } from "mrl/common";
import { makeSmokeProject, smokeDir } from "./smoke-project";

const { root, workDir } = makeSmokeProject(["dataset", "base", "chunks.jsonl", "results.json"]);
const runs = path.join(workDir, "runs");
const model = path.join(workDir, "model", "model.safetensors");
const command = [
  "environment/run-notebooks.mjs",
  "--profile",
  "smoke",
  "--only",
  "06",
  "--root",
  root,
];
const env = { ...process.env, MRL_TRAINING_CHECKPOINT_MINUTES: "0.001" };

/** Updates of the newest whole checkpoint (its state is written last), 0 without one. */
function savedUpdates(): number {
  const files = fs.existsSync(runs) ? (fs.readdirSync(runs, { recursive: true }) as string[]) : [];
  const updates = files.map((file) => Number(/resume-(\d+)\/state\.json$/.exec(file)?.[1] ?? 0));
  return Math.max(0, ...updates);
}

test("notebook 06, killed in the middle of training and started again, writes the same model", async () => {
  const expected = sha256File(path.join(smokeDir, "model", "model.safetensors"));
  const child = spawn(process.execPath, command, { env, detached: true, stdio: "ignore" });
  for (let waited = 0; savedUpdates() < 2; waited += 100) {
    assert.ok(waited < 300_000 && child.exitCode === null, "training saved no checkpoint");
    await setTimeout(100);
  }
  const ended = once(child, "exit");
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  assert.ok(!fs.existsSync(model), "killed too late: the model was there already");
  const again = spawnSync(process.execPath, command, { env, encoding: "utf8" });
  assert.equal(again.status, 0, again.stdout + again.stderr);
  const [run] = fs.readdirSync(runs);
  const events = fs.readFileSync(path.join(runs, run, "events.jsonl"), "utf8");
  const starts = [...events.matchAll(/"type":"start","updates":\d+,"done":(\d+)/g)];
  assert.deepEqual([starts.length, starts[0][1]], [2, "0"]);
  assert.ok(Number(starts[1][1]) >= 2, "the second run began anew");
  assert.equal(sha256File(model), expected);
});
