import assert from "node:assert/strict";
import { test } from "node:test";
import { readJsonLines, writeJsonLines } from "mrl/common";
import {
  type QuestionRecord,
  questionPromptHash,
  readQuestionRows,
  writeQuestions,
} from "mrl/questions";
import { chunks, setUp } from "./question-run";
import { goodReply } from "./stub-server";

test("a text that stands in two chunks is asked about once and counted once", async (t) => {
  const { options, stub } = await setUp(t, goodReply);
  const twin = { ...chunks[0], global_chunk_id: 6, page: "other.html" };
  const { records } = await writeQuestions([...chunks, twin], options);
  assert.equal(stub.requests.length, 6);
  assert.deepEqual([records[6].page, records[6].qa], ["other.html", records[0].qa]);
  assert.deepEqual([records[6].tries, records[6].tokens.prompt], [0, 0]);
});

test("when pages move, texts keep their answers under new numbers", async (t) => {
  const { options, stub, file } = await setUp(t, goodReply);
  await writeQuestions(chunks, options);
  const moved = chunks.slice(1).map((chunk, index) => ({ ...chunk, global_chunk_id: index }));
  await writeQuestions(moved, options);
  assert.equal(stub.requests.length, 6);
  assert.equal(readQuestionRows(file, moved)[0].text, chunks[1].text);
  // The answer about chunk 0, which is gone, is kept apart and used when the page comes back.
  await writeQuestions(chunks, options);
  assert.equal(stub.requests.length, 6);
});

test("another model is asked anew, and going back to the first costs nothing", async (t) => {
  const { options, stub, file } = await setUp(t, goodReply);
  await writeQuestions(chunks, options);
  await writeQuestions(chunks, { ...options, model: "other" });
  assert.equal(stub.requests.length, 12);
  await writeQuestions(chunks, options);
  assert.equal(stub.requests.length, 12);
  assert.ok(readJsonLines<QuestionRecord>(file).every((record) => record.model === "stub"));
});

test("a line of another wording of the prompt is asked about anew, and kept", async (t) => {
  const { options, stub, file } = await setUp(t, goodReply);
  const { records } = await writeQuestions(chunks, options);
  const earlier = records.map((record) => ({ ...record, promptHash: "an earlier wording" }));
  writeJsonLines(file, earlier);
  await writeQuestions(chunks, options);
  assert.equal(stub.requests.length, 12);
  const hashes = readJsonLines<QuestionRecord>(file).map(({ promptHash }) => promptHash);
  assert.deepEqual(new Set(hashes), new Set([questionPromptHash]));
  const unused = file.replace(".jsonl", ".unused.jsonl");
  assert.deepEqual(readJsonLines<QuestionRecord>(unused), earlier);
});

test("rows are refused for chunks whose text has changed since", async (t) => {
  const { options, file } = await setUp(t, goodReply);
  await writeQuestions(chunks, options);
  const changed = chunks.map((chunk) => ({ ...chunk, text: `${chunk.text} More.` }));
  assert.throws(
    () => readQuestionRows(file, changed),
    /no line for chunk 0 of page-0.html as it is now/,
  );
});
