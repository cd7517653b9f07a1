import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createRandom, readJsonLines, sha256, sha256File } from "mrl/common";
import type { QuestionRecord } from "mrl/questions";
import { makeNotebookProject } from "../environment/notebook-project";

const root = process.cwd();
const results = ["pages", "chunks.jsonl", "dataset", "base", "model"];

/** A project of its own with the nine notebooks. */
function makeProject(): string {
  const project = makeNotebookProject();
  const names = fs.readdirSync(path.join(root, "notebooks"));
  for (const name of names.filter((one) => one.endsWith(".ipynb"))) {
    fs.copyFileSync(path.join(root, "notebooks", name), path.join(project, "notebooks", name));
  }
  return project;
}

/** Runs the notebooks; with `killAfterMs` the runner gets kill -9 then, and what it started lives on. */
async function run(
  project: string,
  killAfterMs?: number,
): Promise<{ code: unknown; text: string }> {
  const script = path.join(root, "environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--root", project];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  const closed = once(child, "close");
  if (killAfterMs !== undefined) {
    await setTimeout(killAfterMs);
    child.kill("SIGKILL");
  }
  const [code] = (await closed) as [unknown];
  return { code, text };
}

/** Every file below the results with its hash. */
function describeResults(project: string): Record<string, string> {
  const workDir = path.join(project, "data", "work", "smoke");
  const files = results.flatMap((entry) => {
    const full = path.join(workDir, entry);
    if (fs.statSync(full).isFile()) return [entry];
    const inside = fs.readdirSync(full, { recursive: true }) as string[];
    return inside.map((name) => path.join(entry, name));
  });
  const isFile = (name: string): boolean => fs.statSync(path.join(workDir, name)).isFile();
  return Object.fromEntries(
    files.filter(isFile).map((name) => [name, hashResult(path.join(workDir, name))]),
  );
}

/** A file's hash. The manifest holds the sample server's port, which the system chooses anew for each run. */
function hashResult(file: string): string {
  if (path.basename(file) !== "manifest.json") return sha256File(file);
  return sha256(fs.readFileSync(file, "utf8").replace(/127\.0\.0\.1:\d+/g, "127.0.0.1"));
}

/** The answers by chunk: in which order they came, and after how many tries, is another matter. */
function readAnswers(project: string): unknown[] {
  const file = path.join(project, "data", "work", "smoke", "questions.jsonl");
  return readJsonLines<QuestionRecord>(file)
    .map(({ global_chunk_id, sha256, qa }) => ({ global_chunk_id, sha256, qa }))
    .sort((a, b) => a.global_chunk_id - b.global_chunk_id);
}

function readScores(project: string): unknown {
  const file = path.join(project, "data", "work", "smoke", "results.json");
  const { base, tuned } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  return { base, tuned };
}

it("npm start, killed three times at random moments, ends with the files of a run left alone", async () => {
  const random = createRandom(3);
  const killed = makeProject();
  let finished = 0;
  for (let i = 0; i < 3; i++) {
    const { code, text } = await run(killed, 10_000 + random.integer(40_000));
    assert.equal(code, null, `it ended before it was killed: ${text}`);
    const stamps = path.join(killed, "data", "work", "smoke", ".stamps");
    const now = fs.existsSync(stamps) ? fs.readdirSync(stamps).length : 0;
    assert.ok(now >= finished, "a finished notebook was lost");
    finished = now;
  }
  const last = await run(killed);
  assert.equal(last.code, 0, last.text);
  assert.equal((last.text.match(/ unchanged$/gm) ?? []).length > 0, finished > 0);
  const alone = makeProject();
  const whole = await run(alone);
  assert.equal(whole.code, 0, whole.text);
  assert.doesNotMatch(whole.text, / unchanged$/m);
  const expected = describeResults(alone);
  assert.ok(Object.keys(expected).length > 20);
  const found = describeResults(killed);
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  const different = Object.keys(expected).filter((name) => found[name] !== expected[name]);
  assert.deepEqual(different, []);
  assert.deepEqual(readAnswers(killed), readAnswers(alone));
  assert.deepEqual(readScores(killed), readScores(alone));
});
