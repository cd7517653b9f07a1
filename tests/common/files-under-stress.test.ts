import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readJsonLines } from "mrl/common";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-stress-"));

/** Runs a script with a disk of 64 KB at `DISK`, in a mount namespace of its own. */
function runOnSmallDisk(script: string): string {
  const disk = path.join(folder, "disk");
  fs.mkdirSync(disk, { recursive: true });
  const mount = 'mount -t tmpfs -o size=64k tmpfs "$DISK" && exec "$0" -e "$1"';
  const { stdout, stderr, status } = spawnSync(
    "unshare",
    ["--user", "--map-root-user", "--mount", "sh", "-c", mount, process.execPath, script],
    { env: { ...process.env, DISK: disk }, encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  return stdout;
}

const canMount =
  spawnSync("unshare", [
    "--user",
    "--map-root-user",
    "--mount",
    "mount",
    "-t",
    "tmpfs",
    "t",
    folder,
  ]).status === 0;
const onSmallDisk = { skip: canMount ? false : "user namespaces with mounts are not allowed here" };

test("a full disk leaves the earlier file whole and nothing beside it", onSmallDisk, () => {
  const output = runOnSmallDisk(`
    const fs = require("node:fs");
    const { writeFileAtomic } = require("mrl/common");
    const file = process.env.DISK + "/a.txt";
    writeFileAtomic(file, "before");
    try {
      writeFileAtomic(file, "x".repeat(200_000));
      console.log("written");
    } catch (error) {
      console.log(error.message);
    }
    console.log(fs.readFileSync(file, "utf8"), fs.readdirSync(process.env.DISK).join());`);
  assert.match(output, /a\.txt could not be written \(.*ENOSPC.*\); nothing was changed\n/);
  assert.match(output, /\nbefore a\.txt\n$/);
});

test("a disk that fills up while lines are appended keeps every earlier line", onSmallDisk, () => {
  const output = runOnSmallDisk(`
    const { appendJsonLine, readJsonLines } = require("mrl/common");
    const file = process.env.DISK + "/a.jsonl";
    let id = 0;
    try {
      for (;; id++) appendJsonLine(file, { id, text: "x".repeat(7001) });
    } catch (error) {
      console.log(error.message);
    }
    console.log(id, readJsonLines(file).length);
    require("node:fs").truncateSync(file, 3 * 7020 - 5); // makes room and cuts the third line
    appendJsonLine(file, { id: "after" });
    console.log(readJsonLines(file).map((line) => line.id).join());`);
  const [message, counts, after] = output.trim().split("\n");
  assert.match(message, /a\.jsonl could not be extended/);
  // 9 lines of 7,020 bytes fit into 64 KB
  assert.equal(counts, "9 9");
  assert.equal(after, "0,1,after");
});

test("a process killed while it appends leaves lines 0 to n, and the next one goes on", async () => {
  const file = path.join(folder, "killed.jsonl");
  const script = `
    const { appendJsonLine, readJsonLines } = require("mrl/common");
    const fs = require("node:fs");
    const file = ${JSON.stringify(file)};
    let id = fs.existsSync(file) ? readJsonLines(file).length : 0;
    for (;; id++) appendJsonLine(file, { id, text: "x".repeat(20_000) });`;
  let before = 0;
  for (const extraMs of [3, 17, 40]) {
    const child = spawn(process.execPath, ["-e", script]);
    const size = (): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    // Killed only once it has written: how long a process takes to start is not what is tested.
    for (const start = size(); size() < start + 100_000;) await setTimeout(5);
    await setTimeout(extraMs);
    child.kill("SIGKILL");
    await once(child, "exit");
    const ids = readJsonLines<{ id: number }>(file).map(({ id }) => id);
    assert.deepEqual(
      ids,
      ids.map((_, i) => i),
    );
    assert.ok(ids.length > before, `${ids.length} lines after ${before}`);
    before = ids.length;
  }
});
