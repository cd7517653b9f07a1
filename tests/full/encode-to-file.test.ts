import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sha256File } from "mrl/common";
import type { EncodedFile } from "mrl/encoder";
import { writeTinyModel } from "../encoder/tiny-model";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-vectors-"));
const model = writeTinyModel("bert");
after(() => [folder, model].forEach((one) => fs.rmSync(one, { recursive: true })));

function start(file: string, texts: number, pauseMs: number): ChildProcess {
  const script = path.join(__dirname, "encode-many.js");
  // A heap that the largest corpus here does not fit into.
  const args = ["--max-old-space-size=45", script, model, file, String(texts), String(pauseMs)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function run(file: string, texts: number): Promise<EncodedFile & { peakMb: number }> {
  const child = start(file, texts, 0);
  let text = "";
  child.stdout!.on("data", (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, "close")) as [unknown];
  assert.equal(code, 0);
  return JSON.parse(text) as EncodedFile & { peakMb: number };
}

/** Starts it and kills it once the journal has more than `blocks` lines. */
async function runAndKill(file: string, texts: number, blocks: number): Promise<void> {
  const child = start(file, texts, 10);
  const ended = once(child, "close");
  const journal = `${file}.part.jsonl`;
  const lines = (): number =>
    fs.existsSync(journal) ? fs.readFileSync(journal, "utf8").split("\n").length - 1 : 0;
  for (let waited = 0; lines() <= blocks; waited += 10) {
    assert.ok(waited < 120_000 && child.exitCode === null, "no block was finished");
    await setTimeout(10);
  }
  child.kill("SIGKILL");
  await ended;
  assert.equal(child.signalCode, "SIGKILL");
}

test("encodeToFile, killed three times, goes on each time and writes the bytes of a run left alone", async () => {
  const [killed, alone] = ["killed.npy", "alone.npy"].map((name) => path.join(folder, name));
  for (const blocks of [2, 4, 7]) {
    await runAndKill(killed, 10_000, blocks);
    assert.ok(!fs.existsSync(killed), "the file is there before it is whole");
  }
  const { resumed, count } = await run(killed, 10_000);
  assert.ok(resumed > 7 * 500 && resumed < count, `went on from ${resumed} of ${count}`);
  assert.equal((await run(alone, 10_000)).resumed, 0);
  assert.equal(sha256File(killed), sha256File(alone));
});

test("encodeToFile takes no more memory for 50 MB of text than for 5 MB", async () => {
  const small = await run(path.join(folder, "small.npy"), 5_000);
  const large = await run(path.join(folder, "large.npy"), 50_000);
  assert.equal(large.count, 50_000);
  const growth = large.peakMb - small.peakMb;
  assert.ok(growth < 40, `from ${small.peakMb} to ${large.peakMb} MB`);
});
