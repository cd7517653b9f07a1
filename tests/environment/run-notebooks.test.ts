import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import { makeNotebookProject, writeNotebook } from "./notebook-project";
import { projectRoot } from "./run-script";

interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<unknown[]>;
}

function start(root: string, ...args: string[]): Run {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const all = [script, "--profile", "smoke", "--root", root, ...args];
  const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  return { child, output: () => text, ended: once(child, "close") };
}

async function run(root: string, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const started = start(root, ...args);
  const [code] = await started.ended;
  return { code, output: started.output() };
}

/** Waits until a file is there and gives the process id in it. */
async function waitForPid(file: string): Promise<number> {
  for (let i = 0; i < 600; i++) {
    if (fs.existsSync(file)) return Number(fs.readFileSync(file, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${file} did not appear within a minute`);
}

/** True once a process that got SIGKILL is gone: the system takes its time over a large one. */
async function ends(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isAlive(pid); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) Z /.test(fs.readFileSync(file, "utf8"));
}

describe("npm start", () => {
  it("stops at the first failing cell, shows it with its message, and keeps what is finished", async () => {
    const root = makeNotebookProject();
    writeNotebook(root, "01-works", ["console.log(6 * 7)"]);
    const failing = "const page = 'core.html';\nthrow new Error(`no article in ${page}`);";
    writeNotebook(root, "02-fails", ["const before = 1;", failing, "console.log('after')"]);
    writeNotebook(root, "03-waits", ["console.log('never')"]);
    const { code, output } = await run(root);
    assert.equal(code, 1, output);
    assert.match(output, /^Notebook 02 .*02-fails\.ipynb\) failed in the cell$/m);
    assert.match(output, /^ {2}\| const page = 'core\.html';$/m);
    assert.match(output, /^Error: no article in core\.html$/m);
    const written = fs.readdirSync(path.join(root, "data", "work", "smoke", "notebooks"));
    const notebooks = written.filter((name) => /\.(ipynb|html)$/.test(name)).sort();
    assert.deepEqual(notebooks, ["01-works.html", "01-works.ipynb"]);
  });

  it("by Ctrl-C ends the kernel too; a second run at the same time is refused", async () => {
    const root = makeNotebookProject();
    const pidFile = path.join(root, "pid");
    const write = `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
    writeNotebook(root, "01-waits", [`${write}\nawait new Promise((r) => setTimeout(r, 1e6));`]);
    const first = start(root);
    const kernel = await waitForPid(pidFile);
    const second = await run(root);
    assert.equal(second.code, 1);
    assert.match(second.output, new RegExp(`^Process ${first.child.pid} is writing to `, "m"));
    first.child.kill("SIGINT");
    assert.deepEqual((await first.ended)[0], 130);
    assert.match(first.output(), /goes on where it stopped/);
    assert.ok(await ends(kernel), "the kernel lives on");
  });

  it("after kill -9 ends the kernel that was left behind, and takes over", async () => {
    const root = makeNotebookProject();
    const pidFile = path.join(root, "pid");
    const cell = `const fs = require("fs");
      if (!fs.existsSync(${JSON.stringify(pidFile)})) {
        fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
        await new Promise((r) => setTimeout(r, 1e6));
      }`;
    writeNotebook(root, "01-waits-once", [cell]);
    const first = start(root);
    const kernel = await waitForPid(pidFile);
    first.child.kill("SIGKILL");
    await first.ended;
    assert.equal(
      isAlive(kernel),
      true,
      "the kernel outlives a killed run: else this test shows nothing",
    );
    const { code, output } = await run(root);
    assert.equal(code, 0, output);
    assert.ok(await ends(kernel), "the kernel lives on");
  });
});
