import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createRandom, readJson, readJsonLines, sha256File } from "mrl/common";
import type { QuestionRecord } from "mrl/questions";
import { projectRoot } from "../environment/run-script";
import { listFilesOf, makeSmokeProject, smokeDir } from "./smoke-project";

// Compares with the files that the smoke run of `npm test` leaves. Takes a smoke run and some seconds a kill.
const kills = 30;
const notebooks = 9;
/** Longest time that a notebook may have run when the kill comes. */
const longestMs = 6_000;
const results = ["pages", "chunks.jsonl", "dataset", "base", "model"];
/** Files that a run extends: they are whole after each step, and the same at the end only. */
const growing = [path.join("pages", "manifest.json")];

interface Run {
  /** The exit code, once it has ended; null after a kill. */
  ended: Promise<unknown[]>;
  kill: () => void;
  text: () => string;
}

function start(root: string): Run {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--root", root];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  const ended = once(child, "exit");
  return { ended, kill: () => child.kill("SIGKILL"), text: () => text };
}

/** Ends the kernels that a killed run has left behind, as a power cut would. */
function killRest(workDir: string): void {
  const mark = `MRL_RUN_FOLDER=${workDir}`;
  for (const id of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const environ = path.join("/proc", id, "environ");
    try {
      if (fs.readFileSync(environ, "utf8").split("\0").includes(mark))
        process.kill(Number(id), "SIGKILL");
    } catch (error) {
      // It has ended by itself meanwhile, or belongs to someone else.
      const { code = "" } = error as NodeJS.ErrnoException;
      assert.ok(["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code), code);
    }
  }
}

function countFinished(workDir: string): number {
  const stamps = path.join(workDir, ".stamps");
  if (!fs.existsSync(stamps)) return 0;
  return fs.readdirSync(stamps).filter((name) => /^\d\d-.*\.json$/.test(name)).length;
}

/** Waits until so many notebooks are finished and the next one runs; ends early with the run itself. */
async function waitForNotebook(workDir: string, finished: number, run: Run): Promise<void> {
  let hasEnded = false;
  void run.ended.then(() => (hasEnded = true));
  const running = path.join(workDir, "notebooks", ".running");
  while (!hasEnded && (countFinished(workDir) < finished || !fs.existsSync(running)))
    await setTimeout(50);
}

/** Every file is what it will be in the end, or not there: nothing is cut short. */
function checkWhole(workDir: string, expected: Map<string, string>): number {
  const found = listFilesOf(workDir, results).filter((name) => !name.includes(".tmp"));
  for (const name of found) {
    const file = path.join(workDir, name);
    if (growing.includes(name)) readJson(file);
    else assert.equal(sha256File(file), expected.get(name), `${name} is not whole`);
  }
  return found.length;
}

/** The answers by chunk: in which order they came, and after how many tries, is another matter. */
function readAnswers(workDir: string): unknown[] {
  return readJsonLines<QuestionRecord>(path.join(workDir, "questions.jsonl"))
    .map(({ global_chunk_id, sha256, qa }) => ({ global_chunk_id, sha256, qa }))
    .sort((a, b) => a.global_chunk_id - b.global_chunk_id);
}

function readScores(workDir: string): unknown {
  const { base, tuned } = readJson<Record<string, unknown>>(path.join(workDir, "results.json"));
  return { base, tuned };
}

it(`npm start, killed at ${kills} random moments through the run, ends with the files of a run left alone`, async () => {
  const random = createRandom(3);
  const names = listFilesOf(smokeDir, results);
  const expected = new Map(names.map((name) => [name, sha256File(path.join(smokeDir, name))]));
  assert.ok(expected.size > 20);
  const { root, workDir } = makeSmokeProject();
  const whole: number[] = [];
  for (let i = 0; i < kills; i++) {
    const before = countFinished(workDir);
    const run = start(root);
    await waitForNotebook(workDir, Math.floor((i * notebooks) / kills), run);
    await setTimeout(random.integer(longestMs));
    run.kill();
    const [code] = await run.ended;
    assert.equal(code, null, `it ended before it was killed: ${run.text()}`);
    // Every other time the kernel lives on, and the next run meets it.
    if (i % 2 === 0) killRest(workDir);
    assert.ok(countFinished(workDir) >= before, "a finished notebook was lost");
    whole.push(checkWhole(workDir, expected));
  }
  assert.ok(whole[0] < expected.size && whole.at(-1)! >= whole[0], whole.join());
  const last = start(root);
  const [code] = await last.ended;
  assert.equal(code, 0, last.text());
  assert.match(last.text(), / unchanged$/m);
  assert.equal(checkWhole(workDir, expected), expected.size);
  for (const name of growing)
    assert.equal(sha256File(path.join(workDir, name)), expected.get(name));
  assert.deepEqual(listFilesOf(workDir, results), names);
  assert.deepEqual(readAnswers(workDir), readAnswers(smokeDir));
  assert.deepEqual(readScores(workDir), readScores(smokeDir));
});
