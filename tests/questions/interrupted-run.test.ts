import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { readJsonLines } from "mrl/common";
import { type QuestionRecord, createClient, writeQuestions } from "mrl/questions";
import { goodReply, makeChunk, startStub } from "./stub-server";

const chunks = Array.from({ length: 12 }, (_, id) => makeChunk(id));

async function setUp(t: TestContext) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-interrupted-"));
  const stub = await startStub((request) => ({ ...goodReply(request), delayMs: 30 }));
  t.after(async () => {
    await stub.close();
    fs.rmSync(folder, { recursive: true });
  });
  return { stub, file: path.join(folder, "questions.jsonl") };
}

/** How often the server was asked about a chunk. */
function timesAsked(stub: Awaited<ReturnType<typeof startStub>>, id: number): number {
  return stub.requests.filter((request) => request.passage === chunks[id].text).length;
}

test("after SIGKILL in the middle, no chunk with a line is asked about again and the file ends whole", async (t) => {
  const { stub, file } = await setUp(t);
  const script = `
    const { createClient, writeQuestions } = require("mrl/questions");
    const client = createClient({ baseUrl: ${JSON.stringify(stub.url)}, apiKey: "none" });
    const chunks = ${JSON.stringify(chunks)};
    writeQuestions(chunks, { client, model: "stub", file: ${JSON.stringify(file)}, concurrency: 2,
      onEvent: (event) => event.type === "chunk" && console.log(event.done) });`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  let killed = false;
  child.stdout.on("data", () => {
    if (!killed && fs.readFileSync(file, "utf8").split("\n").length > 5)
      killed = child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.on("exit", (_, name) => resolve(name)));
  assert.equal(signal, "SIGKILL");
  // What a kill in the middle of a write leaves: half a line.
  fs.appendFileSync(file, '{"global_chunk_id": 11, "pa');
  const before = readJsonLines<QuestionRecord>(file);
  assert.ok(before.length >= 5 && before.length < 12, `${before.length} lines`);

  const client = createClient({ baseUrl: stub.url, apiKey: "none" });
  await writeQuestions(chunks, { client, model: "stub", file });
  for (const { global_chunk_id } of before) assert.equal(timesAsked(stub, global_chunk_id), 1);
  // The same bytes as those of a run that nothing interrupted.
  const whole = `${file}.whole.jsonl`;
  await writeQuestions(chunks, { client, model: "stub", file: whole });
  assert.equal(fs.readFileSync(file, "utf8"), fs.readFileSync(whole, "utf8"));
});

test("an abort begins no further request, keeps the replies under way, and throws its reason", async (t) => {
  const { stub, file } = await setUp(t);
  const client = createClient({ baseUrl: stub.url, apiKey: "none" });
  const stop = new AbortController();
  const run = writeQuestions(chunks, {
    client,
    model: "stub",
    file,
    concurrency: 3,
    signal: stop.signal,
    onEvent: (event) =>
      event.type === "chunk" && event.done === 4 && stop.abort(new Error("enough")),
  });
  await assert.rejects(run, /enough/);
  const lines = readJsonLines(file).length;
  // Every request that was sent was paid for, and has its line.
  assert.equal(stub.requests.length, lines);
  assert.ok(lines >= 4 && lines <= 7, `${lines} lines`);
  await writeQuestions(chunks, { client, model: "stub", file });
  assert.equal(stub.requests.length, 12);
});

test("a request that outlasts the grace after an abort is given up", async (t) => {
  const { file } = await setUp(t);
  const slow = await startStub((request) => ({ ...goodReply(request), delayMs: 60_000 }));
  t.after(slow.close);
  const client = createClient({ baseUrl: slow.url, apiKey: "none" });
  const signal = AbortSignal.timeout(50);
  const started = performance.now();
  await assert.rejects(
    writeQuestions(chunks, { client, model: "stub", file, signal, graceMs: 50 }),
    {
      name: "TimeoutError",
    },
  );
  assert.ok(performance.now() - started < 5000);
});
