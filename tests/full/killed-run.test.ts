import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createRandom, readJson, readJsonLines, sha256, sha256File } from "mrl/common";
import type { QuestionRecord } from "mrl/questions";
import { projectRoot, runModule } from "../environment/run-script";
import { listFilesOf, makeSmokeProject, smokeDir } from "./smoke-project";

// Compares with what the smoke run of `npm test` left. Each start goes on where the kill before left off, so that all
// of them take one run, and eight seconds and a start-up a kill.
const kills = 30;
const notebooks = 9;
/** The kill comes so long at most after its notebook has begun, or after the start where that one is the first. */
const longestMs = 15_000;
const results = [
  "pages",
  "chunks.jsonl",
  "dataset",
  "filter-report.json",
  "base",
  "model",
  "publish",
];
const { root, workDir } = makeSmokeProject();
const stamps = path.join(workDir, ".stamps");
after(endRest);

/** Ends what a killed run has left behind, as a power cut would. */
async function endRest(): Promise<void> {
  const { code, stderr } = await runModule(
    `const { findByVariable, killAll } = await load("shared/processes.mjs");
     killAll(findByVariable("MRL_RUN_FOLDER", ${JSON.stringify(workDir)}));`,
  );
  assert.equal(code, 0, stderr);
}

/** `npm start`, until `delayMs` after so many notebooks are finished, or to its end. @returns null after a kill */
async function run(finished?: number, delayMs = 0): Promise<{ code: unknown; text: string }> {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--root", root];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  const ended = once(child, "exit");
  if (finished !== undefined) {
    while (child.exitCode === null && countFinished() < finished) await setTimeout(50);
    await Promise.race([ended, setTimeout(delayMs)]);
    child.kill("SIGKILL");
  }
  const [code] = (await ended) as [unknown];
  return { code, text };
}

function countFinished(): number {
  if (!fs.existsSync(stamps)) return 0;
  return fs.readdirSync(stamps).filter((name) => /^\d\d-.*\.json$/.test(name)).length;
}

/** Kills a run while a notebook runs, or one of those after it. */
async function killRun(finished: number, delayMs: number): Promise<void> {
  const before = countFinished();
  const { code, text } = await run(finished, delayMs);
  if (code === null) return assert.ok(countFinished() >= before, "a finished notebook was lost");
  // It was quicker than the kill: the last notebook once more.
  assert.equal(code, 0, text);
  fs.rmSync(path.join(stamps, "09-publish.json"));
  await killRun(finished, delayMs / 2);
}

/** The manifest holds the sample server's port, which the system chooses anew for each run. */
function hashResult(file: string): string {
  if (path.basename(file) !== "manifest.json") return sha256File(file);
  return sha256(fs.readFileSync(file, "utf8").replace(/127\.0\.0\.1:\d+/g, "127.0.0.1"));
}

/** The model's card tells how many minutes the training took. */
const differs = path.join("publish", "model", "README.md");

/** A neighbour that has not been renamed yet is nobody's file. */
function hashResults(folder: string): Map<string, string> {
  const names = listFilesOf(folder, results).filter(
    (name) => !name.includes(".tmp") && name !== differs,
  );
  return new Map(names.map((name) => [name, hashResult(path.join(folder, name))]));
}

/** The answers by chunk: in which order they came, and after how many tries, is another matter. */
function readAnswers(folder: string): unknown[] {
  return readJsonLines<QuestionRecord>(path.join(folder, "questions.jsonl"))
    .map(({ global_chunk_id, sha256, qa }) => ({ global_chunk_id, sha256, qa }))
    .sort((a, b) => a.global_chunk_id - b.global_chunk_id);
}

function readScores(folder: string): unknown {
  const { base, tuned } = readJson<Record<string, unknown>>(path.join(folder, "results.json"));
  return { base, tuned };
}

it(`npm start, killed at ${kills} random moments through the run, ends with the files of a run left alone`, async () => {
  const random = createRandom(3);
  const expected = hashResults(smokeDir);
  assert.ok(expected.size > 30);
  const whole: number[] = [];
  for (let i = 0; i < kills; i++) {
    await killRun(Math.floor((i * notebooks) / kills), random.integer(longestMs));
    // Every other time the kernel lives on, and the next run meets it.
    if (i % 2 === 1) continue;
    await endRest();
    const found = hashResults(workDir);
    for (const [name, hash] of found)
      assert.equal(hash, expected.get(name), `${name} is not whole`);
    whole.push(found.size);
  }
  // Kills came when there were pages at most, and later at several stages.
  assert.ok(whole[0] < 10 && new Set(whole).size > 4, whole.join());
  const last = await run();
  assert.equal(last.code, 0, last.text);
  assert.match(last.text, / unchanged$/m);
  assert.deepEqual(listFilesOf(workDir, results), listFilesOf(smokeDir, results));
  assert.deepEqual(hashResults(workDir), expected);
  assert.deepEqual(readAnswers(workDir), readAnswers(smokeDir));
  assert.deepEqual(readScores(workDir), readScores(smokeDir));
});
