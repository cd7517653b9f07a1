import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAnswerPrompt, embedWithServer, noAnswer, requestAnswer } from "mrl/questions";
import { chunks, model, openReplay } from "./open-replay";
import { goodPairs } from "./stub-server";

test("vectors arrive bit for bit through the client, as base64 and as numbers, under the encoder's name", async (t) => {
  const vectors = [
    [1, 0, 0],
    [0.6, 0.8, 0],
    [Math.fround(1 / 3), Math.fround(2 / 3), Math.fround(-2 / 3)],
  ];
  const embed = async (texts: readonly string[]) =>
    texts.map((text) => Float32Array.from(vectors[Number(text)]));
  const { client, server } = await openReplay(t, { embed, embedModel: "all-MiniLM-L6-v2" });
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
  const { client } = await openReplay(t, { embed, embedModel: "local" });
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
  const { client } = await openReplay(t);
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
