import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { type Chunk, readJsonLines, sha256 } from "mrl/common";
import {
  type ReplayOptions,
  buildAnswerPrompt,
  createClient,
  embedWithServer,
  noAnswer,
  requestAnswer,
  startReplayServer,
  writeQuestions,
} from "mrl/questions";
import { goodPairs, makeChunk } from "./stub-server";

const chunks = [0, 1, 2, 3, 4].map((id) => makeChunk(id));
const model = "recorded-answers";

async function setUp(t: TestContext, options: Partial<ReplayOptions> = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-replay-"));
  const recordings = path.join(folder, "recordings.jsonl");
  const lines = chunks.map(({ text, page }) => ({
    sha256: sha256(text),
    page,
    qa: goodPairs(text),
  }));
  fs.writeFileSync(recordings, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  const server = await startReplayServer({ recordings, ...options });
  t.after(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true });
  });
  const client = createClient({ baseUrl: server.url, apiKey: "none", maxRetries: 0 });
  return { server, client, file: path.join(folder, "questions.jsonl") };
}

test("every chunk gets its recorded pairs, under the label of recorded answers", async (t) => {
  const { client, file } = await setUp(t);
  const { records } = await writeQuestions(chunks, { client, model, file });
  assert.deepEqual(
    records.map((record) => record.qa),
    chunks.map((chunk) => goodPairs(chunk.text)),
  );
  assert.ok(records.every((record) => record.answeredBy === model && record.tries === 1));
  assert.ok(records.every(({ tokens }) => tokens.prompt > 100 && tokens.completion > 20));
});

test("with 3 spoiled replies, three chunks are asked twice: no JSON, 3 pairs, an invented answer", async (t) => {
  const { client, file } = await setUp(t, { spoiled: 3 });
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
  const { client, file } = await setUp(t, { spoiled });
  const { records } = await writeQuestions(chunks, { client, model, file });
  assert.deepEqual(
    records.map((record) => record.tries),
    [1, 1, 2, 1, 2],
  );
  assert.equal(records[2].rejected[0].reason, "it has 3 pairs, not 4");
});

test("a chunk without recording is a 404 that says so, with the way out, and ends the run", async (t) => {
  const { client, file } = await setUp(t);
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
  const { client, file } = await setUp(t);
  await assert.rejects(
    writeQuestions(chunks, { client, model: "gpt-4.1", file, maxUsd: 1 }),
    /404 there is no model "gpt-4.1" here/,
  );
});

test("vectors arrive bit for bit through the client, as base64 and as numbers, under the encoder's name", async (t) => {
  const vectors = [
    [1, 0, 0],
    [0.6, 0.8, 0],
    [Math.fround(1 / 3), Math.fround(2 / 3), Math.fround(-2 / 3)],
  ];
  const embed = async (texts: readonly string[]) =>
    texts.map((text) => Float32Array.from(vectors[Number(text)]));
  const { client, server } = await setUp(t, { embed, embedModel: "all-MiniLM-L6-v2" });
  const input = ["2", "0", "1"];
  // What goes over the wire: the client asks for base64 unless told otherwise.
  const response = await fetch(`${server.url}/embeddings`, {
    method: "POST",
    body: JSON.stringify({ model: "all-MiniLM-L6-v2", input, encoding_format: "base64" }),
  });
  const body = (await response.json()) as { data: { embedding: unknown }[]; model: string };
  assert.equal(typeof body.data[0].embedding, "string");
  assert.equal(body.model, "all-MiniLM-L6-v2");
  const decoded = await client.embeddings.create({ model: "all-MiniLM-L6-v2", input });
  const floats = await client.embeddings.create({
    model: "all-MiniLM-L6-v2",
    input,
    encoding_format: "float",
  });
  for (const [row, text] of input.entries()) {
    const expected = vectors[Number(text)].map(Math.fround);
    assert.deepEqual([...decoded.data[row].embedding], expected);
    assert.deepEqual(floats.data[row].embedding, expected);
  }
});

test("embedWithServer keeps the order over batches and refuses another model", async (t) => {
  let calls = 0;
  const embed = async (texts: readonly string[]) => {
    calls += 1;
    return texts.map((text) => Float32Array.of(Math.cos(Number(text)), Math.sin(Number(text))));
  };
  const { client } = await setUp(t, { embed, embedModel: "local" });
  const vectors = await embedWithServer({ client, model: "local", batchSize: 2 })([
    "0",
    "1",
    "2",
    "3",
    "4",
  ]);
  assert.equal(calls, 3);
  for (const [angle, vector] of vectors.entries())
    assert.ok(Math.abs(vector[0] - Math.cos(angle)) < 1e-6);
  const wrong = embedWithServer({ client, model: "text-embedding-3-large", maxUsd: 1 });
  await assert.rejects(
    wrong(["0"]),
    /404 there is no embedding model "text-embedding-3-large" here, only "local"/,
  );
});

test("a recorded question is answered when its passage is in the prompt, else the passages do not say", async (t) => {
  const { client } = await setUp(t);
  const { question, answer } = goodPairs(chunks[1].text)[2];
  const limits = {
    maxTokens: 1000,
    countTokens: (text: string) => text.length / 4,
  };
  const ask = async (asked: string, ids: number[]) => {
    const prompt = buildAnswerPrompt(
      asked,
      ids.map((id) => chunks[id].text),
      limits,
    );
    return (await requestAnswer({ client, model }, prompt)).text;
  };
  assert.equal(await ask(question, [0, 1, 2]), answer);
  assert.equal(await ask(question, [0, 2]), noAnswer);
  assert.equal(await ask(question, []), noAnswer);
  await assert.rejects(
    ask("What is love?", [0]),
    /404 no answer is recorded for the question "What is love\?"/,
  );
});

test("it lists its models, and refuses what it does not speak", async (t) => {
  const { server, client } = await setUp(t, { embed: async () => [], embedModel: "local" });
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
  const { client, file } = await setUp(t, { recordings });
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
