import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { readJsonLines } from "mrl/common";
import { createClient, writeQuestions } from "mrl/questions";
import { type StubReply, goodReply, makeChunk, startStub } from "./stub-server";

const chunks = [0, 1, 2, 3].map((id) => makeChunk(id));
const atOnce = { "retry-after-ms": "1" };
const key = "sk-planted-key-0123";

/** Runs the four chunks against a server whose first replies misbehave. */
async function runAgainst(t: TestContext, first: StubReply[], maxRetries = 5) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-server-"));
  const stub = await startStub((request, index) => first[index] ?? goodReply(request));
  t.after(async () => {
    await stub.close();
    fs.rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, "questions.jsonl");
  const client = createClient({ baseUrl: stub.url, apiKey: key, maxRetries });
  const started = performance.now();
  const run = writeQuestions(chunks, { client, model: "stub", file, concurrency: 1 });
  return { run, stub, file, seconds: () => (performance.now() - started) / 1000 };
}

function refusal(status: number, message: string): StubReply {
  return { status, headers: atOnce, body: { error: { message, code: null } } };
}

test("429 is tried again after the time in Retry-After", async (t) => {
  const limit = { ...refusal(429, "slow down"), headers: { "retry-after": "1" } };
  const { run, stub, seconds } = await runAgainst(t, [limit]);
  assert.equal((await run).records.length, 4);
  assert.equal(stub.requests.length, 5);
  assert.ok(seconds() >= 1, `waited ${seconds()} s`);
});

test("500, a reply cut short and a body that is no JSON are tried again, and counted as one try", async (t) => {
  const whole = goodReply({ passage: chunks[0].text });
  const faults = [refusal(500, "oops"), { ...whole, cut: true }, { body: '{"choices": [' }];
  const { run, stub } = await runAgainst(t, faults);
  const { records, requests } = await run;
  assert.deepEqual([records.length, records[0].tries, requests], [4, 1, 4]);
  assert.equal(stub.requests.length, 7);
});

for (const [status, wayOut] of [
  [401, /OPENAI_API_KEY/],
  [403, /another key/],
  [404, /model's name/],
  [400, /refuses the request/],
] as const) {
  test(`${status} ends the run at the first request, with the server's words and the way out`, async (t) => {
    const { run, stub } = await runAgainst(t, [refusal(status, "because I say so")]);
    await assert.rejects(run, (error: Error) => {
      assert.equal(error.name, "InputError");
      assert.match(error.message, /because I say so/);
      assert.match(error.message, wayOut);
      return true;
    });
    assert.equal(stub.requests.length, 1);
  });
}

test("an account without credit ends the run at the first request, though its status is that of a limit", async (t) => {
  const broke = refusal(429, "You exceeded your current quota");
  const body = {
    error: { message: "You exceeded your current quota", code: "insufficient_quota" },
  };
  const { run, stub } = await runAgainst(t, [{ ...broke, body }]);
  await assert.rejects(run, {
    name: "InputError",
    message: /exceeded your current quota; add credit/,
  });
  assert.equal(stub.requests.length, 1);
});

test("a server that repeats the key does not bring it into our error", async (t) => {
  const { run } = await runAgainst(t, [refusal(401, `wrong key ${key}`)]);
  await assert.rejects(run, (error: Error) => {
    assert.ok(!JSON.stringify(error).includes(key) && !error.message.includes(key));
    assert.match(error.message, /wrong key \[key\]/);
    return true;
  });
});

test("a server that stays down ends the run; what was answered stands in the file", async (t) => {
  const good = chunks.slice(0, 2).map((chunk) => goodReply({ passage: chunk.text }));
  const down = refusal(503, "maintenance");
  const { run, stub, file } = await runAgainst(t, [...good, down, down, down], 2);
  await assert.rejects(run, /503 maintenance; every retry failed/);
  assert.equal(stub.requests.length, 5);
  assert.equal(readJsonLines(file).length, 2);
});

test("a server that is not there is named with its address", async (t) => {
  const { run, stub } = await runAgainst(t, []);
  await run;
  await stub.close();
  const client = createClient({ baseUrl: stub.url, apiKey: key, maxRetries: 0 });
  const file = path.join(os.tmpdir(), "mrl-never-written.jsonl");
  await assert.rejects(writeQuestions(chunks, { client, model: "stub", file }), (error: Error) => {
    assert.ok(
      error.message.includes(stub.url) && /ECONNREFUSED|other side closed/.test(error.message),
    );
    return true;
  });
  assert.ok(!fs.existsSync(file));
});

test("a page that is no completion is refused as such", async (t) => {
  const page = { headers: { "content-type": "text/html" }, body: "<html>login</html>" };
  const { run } = await runAgainst(t, [page]);
  await assert.rejects(run, /answered without a message; check that it speaks/);
});
