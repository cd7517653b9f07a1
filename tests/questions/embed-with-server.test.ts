import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { createClient, embedWithServer } from "mrl/questions";
import { type StubReply, startStub } from "./stub-server";

const model = "text-embedding-3-large";
const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`);

/** The vector of a text: its number and 1, of length sqrt(n² + 1), as base64 where that is asked for. */
function reply(body: Record<string, unknown>): StubReply {
  const data = (body.input as string[]).map((text, index) => {
    const vector = Float32Array.of(Number(text.split(" ")[1]), 1);
    const embedding =
      body.encoding_format === "base64"
        ? Buffer.from(vector.buffer).toString("base64")
        : [...vector];
    return { object: "embedding", index, embedding };
  });
  data.reverse(); // the protocol promises no order, only the index
  return { body: { object: "list", data, usage: { prompt_tokens: 30, total_tokens: 30 } } };
}

async function setUp(
  t: TestContext,
  spoil: (index: number) => StubReply | undefined = () => undefined,
) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-embed-"));
  const stub = await startStub(({ body }, index) => spoil(index) ?? reply(body));
  t.after(async () => {
    await stub.close();
    fs.rmSync(root, { recursive: true });
  });
  const client = createClient({ baseUrl: stub.url, apiKey: "none", maxRetries: 1 });
  const folder = path.join(root, "embeddings");
  return { stub, folder, options: { client, model, batchSize: 4, folder, maxUsd: 1 } };
}

const sentTexts = ({ requests }: Awaited<ReturnType<typeof startStub>>): string[] =>
  requests.flatMap(({ body }) => body.input as string[]);

test("vectors come as base64, of unit length and in the order of the texts; equal texts are sent once", async (t) => {
  const { stub, options } = await setUp(t);
  const vectors = await embedWithServer(options)([...texts, texts[3]]);
  assert.ok(stub.requests.every(({ body }) => body.encoding_format === "base64"));
  assert.deepEqual(sentTexts(stub), texts);
  vectors.slice(0, 10).forEach((vector, i) => {
    assert.ok(Math.abs(vector[0] - i / Math.hypot(i, 1)) < 1e-6, `text ${i}`);
  });
  assert.deepEqual(vectors[10], vectors[3]);
});

test("a run that a failing server ended goes on after the batches it has, with the same vectors", async (t) => {
  const down = {
    status: 503,
    headers: { "retry-after-ms": "1" },
    body: { error: { message: "down" } },
  };
  const { stub, options, folder } = await setUp(t, (index) =>
    [1, 2].includes(index) ? down : undefined,
  );
  await assert.rejects(embedWithServer(options)(texts), /503 down; every retry failed/);
  assert.equal(fs.readdirSync(folder).length, 1);
  const before = sentTexts(stub).length;
  const vectors = await embedWithServer(options)(texts);
  assert.deepEqual(sentTexts(stub).slice(before), texts.slice(4));
  const { folder: _, ...unkept } = options;
  assert.deepEqual(vectors, await embedWithServer(unkept)(texts));
});

test("another model's vectors are not taken for its own", async (t) => {
  const { stub, options } = await setUp(t);
  await embedWithServer(options)(texts);
  await embedWithServer({ ...options, model: "text-embedding-3-small" })(texts);
  assert.equal(sentTexts(stub).length, 20);
});

test("nothing is sent without maxUsd, and no batch begins that could pass it", async (t) => {
  const { stub, options } = await setUp(t);
  await assert.rejects(
    embedWithServer({ ...options, maxUsd: undefined })(texts),
    /Nothing is spent until/,
  );
  assert.equal(stub.requests.length, 0);
  // A batch of four texts of 3 tokens is expected to cost 12 x 0.13 millionths, and says that it cost 30 x 0.13.
  const one = { ...options, maxUsd: 5e-6 };
  await assert.rejects(embedWithServer(one)(texts), /questions\.maxUsd is 0\.000005/);
  assert.equal(stub.requests.length, 1);
  await embedWithServer(options)(texts);
  assert.deepEqual(sentTexts(stub), texts);
});

test("too few vectors are refused, and a broken file of the folder is named", async (t) => {
  const { options, folder } = await setUp(t, () => ({ body: { data: [] } }));
  await assert.rejects(embedWithServer(options)(texts), /sent 0 vectors for 4 texts/);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "x.json"), '{"texts": ["a"], "dim": 2, "vectors": "AAAA"}');
  await assert.rejects(embedWithServer(options)(texts), /x\.json holds no vectors .*delete it/);
});
