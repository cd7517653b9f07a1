import assert from "node:assert/strict";
import { test } from "node:test";
import { readJsonLines } from "mrl/common";
import {
  type QuestionEvent,
  type QuestionRecord,
  readQuestionRows,
  writeQuestions,
} from "mrl/questions";
import { chunks, setUp } from "./question-run";
import { completion, goodPairs, goodReply } from "./stub-server";

const threePairs = (passage: string) =>
  completion(JSON.stringify({ pairs: goodPairs(passage).slice(1) }));

test("each chunk gets one line with its pairs, raw reply, tries and tokens", async (t) => {
  const { options, file, stub } = await setUp(t, goodReply);
  const { records, requests, tokens } = await writeQuestions(chunks, options);
  assert.deepEqual(readJsonLines(file), records);
  assert.deepEqual(
    records.map((record) => record.global_chunk_id),
    [0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(records[3].qa, goodPairs(chunks[3].text));
  assert.equal(records[3].raw, JSON.stringify({ pairs: records[3].qa }));
  assert.equal(records[3].answeredBy, "stub-2026-01-01");
  // Six requests of 100 and 10 tokens.
  assert.deepEqual({ requests, tokens }, { requests: 6, tokens: { prompt: 600, completion: 60 } });
  assert.equal(stub.requests.length, 6);
  const format = stub.requests[0].body.response_format as {
    type: string;
    json_schema: { strict: boolean };
  };
  assert.deepEqual([format.type, format.json_schema.strict], ["json_schema", true]);
});

test("a reply of three pairs is asked for again in the same conversation, with the reason", async (t) => {
  const { options, stub } = await setUp(t, (request, index) =>
    index === 0 ? { body: threePairs(request.passage) } : goodReply(request),
  );
  const { records } = await writeQuestions(chunks.slice(0, 1), options);
  const roles = stub.requests[1].messages.map((message) => message.role);
  assert.deepEqual(roles, ["system", "user", "assistant", "user"]);
  assert.deepEqual(stub.requests[1].messages.slice(0, 2), stub.requests[0].messages);
  assert.equal(stub.requests[1].messages[2].content, records[0].rejected[0].raw);
  assert.match(stub.requests[1].messages[3].content, /it has 3 pairs, not 4/);
  assert.deepEqual([records[0].tries, records[0].tokens.prompt, records[0].qa.length], [2, 200, 4]);
});

test("after three useless replies the chunk is set aside with the last reason, and not paid for again", async (t) => {
  const invented = completion(
    JSON.stringify({ pairs: goodPairs(chunks[1].text).map((pair) => ({ ...pair, answer: "no" })) }),
  );
  const { options, stub, file } = await setUp(t, (request) => {
    if (request.passage !== chunks[1].text) return goodReply(request);
    return { body: request.messages.length < 6 ? completion("Sorry") : invented };
  });
  const events: QuestionEvent[] = [];
  await writeQuestions(chunks.slice(0, 3), { ...options, onEvent: (event) => events.push(event) });
  const [, aside] = readJsonLines<QuestionRecord>(file);
  assert.match(aside.setAside ?? "", /^answer 1 is not in the passage/);
  assert.deepEqual([aside.tries, aside.qa.length, aside.rejected.length], [3, 0, 2]);
  assert.match(aside.raw, /"answer":"no"/);
  assert.equal(events.filter((event) => event.type === "rejected").length, 3);
  assert.equal(stub.requests.length, 5);
  const later: QuestionEvent[] = [];
  const again = await writeQuestions(chunks.slice(0, 3), {
    ...options,
    onEvent: (event) => later.push(event),
  });
  assert.deepEqual(later, [{ type: "start", done: 3, total: 3 }]);
  assert.deepEqual([stub.requests.length, again.requests], [5, 0]);
  // Two chunks of four rows; the one set aside has none.
  assert.equal(readQuestionRows(file, chunks.slice(0, 3)).length, 8);
});

test("maxTries 1 sets aside at the first useless reply", async (t) => {
  const { options, stub } = await setUp(t, () => ({ body: completion("") }));
  const { records } = await writeQuestions(chunks.slice(0, 1), { ...options, maxTries: 1 });
  assert.equal(records[0].setAside, "it is empty");
  assert.equal(stub.requests.length, 1);
});

test("lines stand in chunk order at the end, though the first chunk answers last", async (t) => {
  const { options, file } = await setUp(t, (request) => ({
    ...goodReply(request),
    delayMs: request.passage === chunks[0].text ? 1000 : 0,
  }));
  const done: number[] = [];
  await writeQuestions(chunks, {
    ...options,
    onEvent: (event) => event.type === "chunk" && done.push(event.record.global_chunk_id),
  });
  assert.equal(done.at(-1), 0);
  assert.deepEqual(
    readJsonLines<QuestionRecord>(file).map((record) => record.global_chunk_id),
    [0, 1, 2, 3, 4, 5],
  );
});

test("at most `concurrency` requests are under way", async (t) => {
  let now = 0;
  let most = 0;
  const { options } = await setUp(t, (request) => {
    most = Math.max(most, ++now);
    setTimeout(() => (now -= 1), 20);
    return { ...goodReply(request), delayMs: 25 };
  });
  await writeQuestions(chunks, { ...options, concurrency: 2 });
  assert.equal(most, 2);
});
