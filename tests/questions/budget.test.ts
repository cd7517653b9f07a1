import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { readJsonLines } from "mrl/common";
import { type QuestionRecord, type WriteQuestionsOptions, writeQuestions } from "mrl/questions";
import { completion, goodPairs, makeChunk, startStub } from "./stub-server";

const chunks = Array.from({ length: 20 }, (_, id) => makeChunk(id));

/** GPT-4.1's price on loopback; each reply says 1000 and 250 tokens: 2000 + 2000 = 4000 millionths, $0.004. */
async function setUp(t: TestContext) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-budget-"));
  const stub = await startStub(({ passage }) => {
    const body = completion(JSON.stringify({ pairs: goodPairs(passage) }));
    return {
      delayMs: 5,
      body: { ...body, usage: { prompt_tokens: 1000, completion_tokens: 250 } },
    };
  });
  t.after(async () => {
    await stub.close();
    fs.rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, "questions.jsonl");
  const server = { baseUrl: stub.url, apiKey: "secret-key", model: "gpt-4.1" };
  const options: WriteQuestionsOptions = { ...server, file, concurrency: 4 };
  return { stub, file, options };
}

const spentIn = (file: string): number =>
  readJsonLines<QuestionRecord>(file).reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);

test("a model that costs money is not asked until maxUsd is set", async (t) => {
  const { options, stub, file } = await setUp(t);
  await assert.rejects(writeQuestions(chunks, options), (error: Error) => {
    assert.match(
      error.message,
      /Nothing is spent until questions\.maxUsd says .*MRL_QUESTIONS_MAX_USD/,
    );
    return error.name === "InputError";
  });
  assert.deepEqual([stub.requests.length, fs.existsSync(file)], [0, false]);
});

test("each line and the run say what they cost", async (t) => {
  const { options } = await setUp(t);
  const { records, costUsd } = await writeQuestions(chunks, { ...options, maxUsd: 1 });
  assert.ok(records.every((record) => Math.abs(record.costUsd! - 0.004) < 1e-12));
  assert.ok(Math.abs(costUsd - 20 * 0.004) < 1e-12);
  const again = await writeQuestions(chunks, { ...options, maxUsd: 0 });
  assert.equal(again.costUsd, 0); // nothing is left to be paid for
});

test("the budget is never passed, what is under way is kept, and a larger one goes on", async (t) => {
  const { options, stub, file } = await setUp(t);
  await assert.rejects(writeQuestions(chunks, { ...options, maxUsd: 0.05 }), (error: Error) => {
    assert.match(error.message, /questions\.maxUsd is 0\.05: \$0\.0\d+ are spent.* goes on/);
    return error.name === "InputError";
  });
  const lines = readJsonLines(file).length;
  assert.equal(stub.requests.length, lines, "a request was paid for and has no line");
  const spent = spentIn(file);
  // Twelve requests fit into 0.05; a chunk may take three tries, some $0.012 by the estimate, so the last are not begun.
  assert.ok(spent <= 0.05 && spent >= 0.05 - 0.016, `${spent}`);
  await writeQuestions(chunks, { ...options, maxUsd: 0.1 });
  assert.equal(stub.requests.length, 20);
});

test("what earlier runs and the embeddings have spent counts", async (t) => {
  const { options, stub } = await setUp(t);
  const spent = { ...options, maxUsd: 0.05, spentUsd: 0.045 };
  await assert.rejects(writeQuestions(chunks, spent), /\$0\.045 are spent/);
  assert.equal(stub.requests.length, 0);
});
