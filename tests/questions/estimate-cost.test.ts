import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import {
  type RunSettings,
  type SettingsChange,
  loadSettings,
  sha256,
  writeJson,
  writeJsonLines,
} from "mrl/common";
import {
  type CostRow,
  estimateAnswers,
  estimateCost,
  questionInstruction,
  questionPromptHash,
  questionRequest,
  readSpent,
  replySchema,
} from "mrl/questions";
import { makeChunk } from "./stub-server";

const chunks = Array.from({ length: 100 }, (_, id) => makeChunk(id));

function makeWork(change: SettingsChange = {}): RunSettings {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-estimate-"));
  const settings = loadSettings(change, { MRL_PROFILE: "seed", MRL_ROOT: root });
  writeJsonLines(path.join(settings.workDir, "chunks.jsonl"), chunks);
  return settings;
}

/** Answers to the first `count` chunks, at $0.01 each. */
function answer(settings: RunSettings, count: number): void {
  const lines = chunks.slice(0, count).map(({ global_chunk_id, text }) => {
    const asked = { sha256: sha256(text), model: "gpt-4.1", promptHash: questionPromptHash };
    return { global_chunk_id, ...asked, qa: [], tries: 1, costUsd: 0.01 };
  });
  writeJsonLines(path.join(settings.workDir, "questions.jsonl"), lines);
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

test("dollars are tokens times the table's prices, row by row and in all", () => {
  const { rows, usd, pages } = estimateCost(makeWork());
  const [asking, embedding] = rows;
  assert.deepEqual([pages, rows.length], [3, 2]);
  // One in twenty is asked again: 105 calls, 220 tokens each reply.
  assert.deepEqual([asking.calls, asking.tokensOut], [105, 105 * 220]);
  assert.ok(near(asking.usd, (asking.tokensIn * 2 + asking.tokensOut * 8) / 1e6));
  assert.ok(near(embedding.usd, (embedding.tokensIn * 0.13) / 1e6));
  assert.ok(near(usd, asking.usd + embedding.usd));
  // Notebook 08: 14 answers of 100 tokens to prompts of 1000.
  assert.ok(near(estimateAnswers(makeWork()).usd, (14 * (1000 * 2 + 100 * 8)) / 1e6));
  // English and code have three to six characters a token.
  const sent = [questionInstruction, questionRequest(chunks[0].text), JSON.stringify(replySchema)];
  const chars = sent.join("").length;
  const perCall = asking.tokensIn / asking.calls;
  assert.ok(perCall > chars / 6 && perCall < chars / 3, `${perCall} tokens, ${chars} characters`);
});

test("only what has no line yet is counted, and what the lines cost is told", () => {
  const settings = makeWork();
  answer(settings, 40);
  const { rows, spentUsd } = estimateCost(settings);
  assert.equal(rows[0].calls, 63);
  assert.ok(near(spentUsd, 0.4));
  answer(settings, 100);
  assert.deepEqual(
    [estimateCost(settings).rows[0].calls, estimateCost(settings).rows[0].usd],
    [0, 0],
  );
});

test("what embeddings have cost is told apart", () => {
  const settings = makeWork();
  answer(settings, 2);
  const stored = {
    model: "m",
    texts: ["k"],
    dim: 1,
    vectors: "AACAPw==",
    tokens: 1,
    costUsd: 0.25,
  };
  writeJson(path.join(settings.workDir, "embeddings", "a.json"), stored);
  assert.deepEqual(readSpent(settings), { questions: 0.02, embeddings: 0.25 });
});

test("a batch takes half the dollars and up to a day", () => {
  const asking = (batch: boolean): CostRow =>
    estimateCost(makeWork({ questions: { batch } })).rows[0];
  assert.ok(near(asking(true).usd, asking(false).usd / 2));
  assert.equal(asking(true).hours, 24);
});

test("a limit on requests makes it longer: 105 calls at 10 a minute are 10.5 minutes", () => {
  const change = { questions: { requestsPerMinute: 10 } };
  assert.ok(near(estimateCost(makeWork(change)).rows[0].hours, 10.5 / 60));
});

test("recorded answers cost nothing", () => {
  const replay: SettingsChange = {
    questions: { source: "replay", model: "recorded-answers" },
    filter: { embedder: "base" },
  };
  const { rows, usd } = estimateCost(makeWork(replay));
  assert.deepEqual([rows.length, rows[0].calls, usd], [1, 105, 0]);
});
