import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { readJsonLines } from "mrl/common";
import {
  type QuestionEvent,
  type QuestionRecord,
  type WriteQuestionsOptions,
  createClient,
  findPassage,
  writeQuestions,
} from "mrl/questions";
import { type BatchRequest, type BatchServer, lineWith, startBatchServer } from "./batch-server";
import { completion, goodPairs, makeChunk } from "./stub-server";

const chunks = Array.from({ length: 6 }, (_, id) => makeChunk(id));

async function setUp(t: TestContext) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-batch-"));
  const server = await startBatchServer();
  t.after(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, "questions.jsonl");
  const client = createClient({ baseUrl: server.url, apiKey: "none", maxRetries: 0 });
  const options: WriteQuestionsOptions = {
    ...{ client, model: "gpt-4.1", file, maxUsd: 1, batch: true, pollMs: 5 },
  };
  return { server, file, options, state: path.join(folder, "questions.batch.json") };
}

const inputOf = (server: BatchServer, batch = 0): BatchRequest[] =>
  server.files
    .get(server.batches[batch].input_file_id)!
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as BatchRequest);

test("a batch answers every chunk, in any order, at half the price", async (t) => {
  const { server, options, state } = await setUp(t);
  const events: QuestionEvent[] = [];
  const written = await writeQuestions(chunks, { ...options, onEvent: (e) => events.push(e) });
  assert.deepEqual(
    written.records.map(({ qa }) => qa),
    chunks.map(({ text }) => goodPairs(text)),
  );
  // 100 tokens at $2 and 10 at $8 a million are $0.00028; half of it, six times.
  assert.ok(Math.abs(written.costUsd - 6 * 0.00014) < 1e-12);
  assert.deepEqual([server.batches.length, server.asked.length], [1, 0]);
  const looks = events.flatMap((event) => (event.type === "batch" ? [event.status] : []));
  assert.deepEqual(looks, ["in_progress", "in_progress", "completed"]);
  assert.ok(!fs.existsSync(state));
  const [first] = inputOf(server);
  assert.deepEqual(
    [first.method, first.url, first.body.model],
    ["POST", "/v1/chat/completions", "gpt-4.1"],
  );
});

test("a reply that cannot be used is asked for again, one by one, in the same conversation", async (t) => {
  const { server, options } = await setUp(t);
  server.line = ({ custom_id }, index) =>
    index === 2 ? lineWith(custom_id, completion("no JSON")) : undefined;
  const { records, costUsd } = await writeQuestions(chunks, options);
  assert.deepEqual(server.asked, [chunks[2].text]);
  assert.deepEqual(
    [records[2].tries, records[2].rejected[0].raw, records[2].qa.length],
    [2, "no JSON", 4],
  );
  // Six first replies at half the price, one further at the whole.
  assert.ok(Math.abs(costUsd - (6 * 0.00014 + 0.00028)) < 1e-12);
});

test("after an abort the same batch is waited for: nothing is sent or paid for twice", async (t) => {
  const { server, options, state } = await setUp(t);
  server.looks = 1000;
  await assert.rejects(writeQuestions(chunks, { ...options, signal: AbortSignal.timeout(100) }));
  assert.ok(fs.existsSync(state));
  server.looks = 0;
  server.batches[0].status = "completed";
  await assert.rejects(writeQuestions(chunks, options), /ended as completed without an answer/);
  assert.equal(server.batches.length, 1);
});

test("a batch that was sent just before a kill is found by its content, without the state file", async (t) => {
  const { server, options, state } = await setUp(t);
  server.looks = 1000;
  await assert.rejects(writeQuestions(chunks, { ...options, signal: AbortSignal.timeout(100) }));
  fs.rmSync(state);
  server.looks = 1001;
  const run = writeQuestions(chunks, options);
  server.looks = 60; // soon
  const { records } = await run;
  assert.deepEqual([records.length, server.batches.length], [6, 1]);
});

test("chunks that an expired batch did not reach go into the next one", async (t) => {
  const { server, options } = await setUp(t);
  server.end = "expired";
  const expired = { code: "batch_expired", message: "not in time" };
  server.line = ({ custom_id }, index) => {
    server.end = "completed";
    const isFirst = server.batches.length === 1;
    return isFirst && index >= 4 ? { custom_id, response: null, error: expired } : undefined;
  };
  const { records } = await writeQuestions(chunks, options);
  assert.ok(records.every(({ qa, tries }) => qa.length === 4 && tries === 1));
  assert.equal(server.batches.length, 2);
  assert.equal(inputOf(server, 0).length, 2); // the newest stands first
});

test("a batch that the server refuses ends the run with its words; the next run sends another", async (t) => {
  const { server, options, state } = await setUp(t);
  server.end = "failed";
  await assert.rejects(writeQuestions(chunks, options), {
    name: "InputError",
    message:
      /ended as failed without an answer \(Enqueued token limit reached\).*questions\.batch to false/,
  });
  assert.ok(!fs.existsSync(state));
  server.end = "completed";
  assert.equal((await writeQuestions(chunks, options)).records.length, 6);
});

test("only as many chunks as the budget allows are sent; the rest after it is raised", async (t) => {
  const { server, options, file } = await setUp(t);
  // A request of some 300 prompt and 220 reply tokens is expected to cost half of $0.0024; these do cost 0.00126.
  server.line = ({ custom_id, body }) => {
    const pairs = goodPairs(findPassage(body.messages[1].content)!);
    const usage = { prompt_tokens: 380, completion_tokens: 220 };
    return lineWith(custom_id, { ...completion(JSON.stringify({ pairs })), usage });
  };
  await assert.rejects(
    writeQuestions(chunks, { ...options, maxUsd: 0.003 }),
    /questions\.maxUsd is 0\.003/,
  );
  const sent = server.batches.reduce((sum, _, i) => sum + inputOf(server, i).length, 0);
  const lines = readJsonLines<QuestionRecord>(file).length;
  assert.ok(lines === sent && lines === 2, `${sent} sent, ${lines} lines`);
  const spent = readJsonLines<QuestionRecord>(file).reduce((sum, r) => sum + r.costUsd!, 0);
  assert.ok(spent <= 0.003);
  assert.equal((await writeQuestions(chunks, options)).records.length, 6);
});
