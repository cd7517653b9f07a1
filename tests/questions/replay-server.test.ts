import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { type Chunk, readJsonLines } from "mrl/common";
import { writeQuestions } from "mrl/questions";
import { chunks, model, openReplay } from "./open-replay";
import { goodPairs } from "./stub-server";

test("every chunk gets its recorded pairs, under the label of recorded answers", async (t) => {
  const { client, file } = await openReplay(t);
  const { records } = await writeQuestions(chunks, { client, model, file });
  assert.deepEqual(
    records.map((record) => record.qa),
    chunks.map((chunk) => goodPairs(chunk.text)),
  );
  assert.ok(records.every((record) => record.answeredBy === model && record.tries === 1));
  assert.ok(records.every(({ tokens }) => tokens.prompt > 100 && tokens.completion > 20));
});

test("with 3 spoiled replies, three chunks are asked twice: no JSON, 3 pairs, an invented answer", async (t) => {
  const { client, file } = await openReplay(t, { spoiled: 3 });
  const { records, requests } = await writeQuestions(chunks, {
    client,
    model,
    file,
    concurrency: 1,
  });
  assert.equal(requests, 8);
  assert.deepEqual(
    records.map((record) => record.tries),
    [2, 2, 2, 1, 1],
  );
  const reasons = records.flatMap((record) => record.rejected.map((reply) => reply.reason));
  assert.match(reasons[0], /^it is not JSON/);
  assert.equal(reasons[1], "it has 3 pairs, not 4");
  assert.equal(reasons[2], "answer 1 is not in the passage word for word");
  assert.ok(records.every((record) => record.qa.length === 4));
});

test("listed passages are the spoiled ones, whatever the order of requests", async (t) => {
  const spoiled = [chunks[4].text, chunks[2].text];
  const { client, file } = await openReplay(t, { spoiled });
  const { records } = await writeQuestions(chunks, { client, model, file });
  assert.deepEqual(
    records.map((record) => record.tries),
    [1, 1, 2, 1, 2],
  );
  assert.equal(records[2].rejected[0].reason, "it has 3 pairs, not 4");
});

test("a chunk without recording is a 404 that says so, with the way out, and ends the run", async (t) => {
  const { client, file } = await openReplay(t);
  const unknown: Chunk = { global_chunk_id: 9, page: "new.html", text: "Never recorded." };
  await assert.rejects(writeQuestions([unknown], { client, model, file }), (error: Error) => {
    assert.equal(error.name, "InputError");
    assert.match(
      error.message,
      /404 no answer is recorded for the passage that begins "Never recorded\."/,
    );
    assert.match(error.message, /MRL_QUESTIONS_SOURCE=openai/);
    return true;
  });
});

test("it answers under no other model's name", async (t) => {
  const { client, file } = await openReplay(t);
  await assert.rejects(
    writeQuestions(chunks, { client, model: "gpt-4.1", file, maxUsd: 1 }),
    /404 there is no model "gpt-4.1" here/,
  );
});

test("it lists its models, and refuses what it does not speak", async (t) => {
  const { server, client } = await openReplay(t, { embed: async () => [], embedModel: "local" });
  const models = await client.models.list();
  assert.deepEqual(
    models.data.map((entry) => entry.id),
    [model, "local"],
  );
  const post = (where: string, body: string) =>
    fetch(`${server.url}${where}`, { method: "POST", body });
  const statuses = await Promise.all([
    post("/chat/completions", "{"),
    post("/chat/completions", JSON.stringify({ model, messages: [] })),
    post(
      "/chat/completions",
      JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
    ),
    post("/responses", "{}"),
    post("/embeddings", JSON.stringify({ model: "local", input: [""] })),
  ]);
  assert.deepEqual(
    statuses.map((response) => response.status),
    [400, 400, 400, 404, 400],
  );
});

test("all 659 recordings of the sample pass our own check", async (t) => {
  const recordings = path.join(process.cwd(), "data/sample/questions.jsonl");
  const { client, file } = await openReplay(t, { recordings });
  const sample = readJsonLines<Omit<Chunk, "global_chunk_id">>(
    path.join(process.cwd(), "data/sample/chunks.jsonl"),
  );
  const { records, requests } = await writeQuestions(
    sample.map((chunk, global_chunk_id) => ({ global_chunk_id, ...chunk })),
    { client, model, file },
  );
  assert.equal(records.filter((record) => record.qa.length === 4).length, 659);
  assert.equal(requests, 659);
});
