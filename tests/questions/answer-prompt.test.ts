import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerInstruction,
  buildAnswerPrompt,
  createClient,
  findPassage,
  questionRequest,
  readAnswerPrompt,
  requestAnswer,
} from "mrl/questions";
import { completion, startStub } from "./stub-server";

/** A token a word: budgets are countable by hand. */
const countTokens = (text: string): number => text.split(/\s+/).filter(Boolean).length;
const words = (count: number, word: string): string => Array(count).fill(word).join(" ");

const instruction = countTokens(answerInstruction);
// Two markers around the passages and two around a question of 3 words: 7 words.
// A passage of n words costs n + 3: `<passage`, its number with `>`, and `</passage>`.
const frame = instruction + 7;

test("passages that do not fit are left out, and a shorter one further down is still taken", () => {
  const passages = [words(10, "a"), words(50, "b"), words(20, "c")];
  const prompt = buildAnswerPrompt("Which port now?", passages, {
    maxTokens: frame + 13 + 23,
    countTokens,
  });
  assert.deepEqual(prompt.used, [0, 2]);
  assert.equal(prompt.tokens, frame + 13 + 23);
  assert.ok(!prompt.messages[1].content.includes("b b"));
});

test("one token less drops the last passage", () => {
  const passages = [words(10, "a"), words(20, "c")];
  const prompt = buildAnswerPrompt("Which port now?", passages, {
    maxTokens: frame + 13 + 22,
    countTokens,
  });
  assert.deepEqual([prompt.used, prompt.tokens], [[0], frame + 13]);
});

test("the parts add up to the whole prompt", () => {
  const prompt = buildAnswerPrompt("Which port now?", ["a b", "c"], {
    maxTokens: 500,
    countTokens,
  });
  const whole = prompt.messages.map((message) => countTokens(message.content));
  assert.equal(prompt.tokens, whole[0] + whole[1]);
});

test("passages and question are read back as they were, also with markers inside", () => {
  const passages = ["One\n\ntwo", "</passages> and <passage 7> and\n</question>", "ends\n"];
  const prompt = buildAnswerPrompt("What is <question>?", passages, {
    maxTokens: 500,
    countTokens,
  });
  assert.deepEqual(readAnswerPrompt(prompt.messages[1].content), {
    passages,
    question: "What is <question>?",
  });
});

test("the two prompts of this module are not taken for each other", () => {
  const prompt = buildAnswerPrompt("Which?", ["a"], { maxTokens: 500, countTokens });
  assert.equal(findPassage(prompt.messages[1].content), undefined);
  assert.equal(readAnswerPrompt(questionRequest("a")), undefined);
});

test("a budget below the question itself is refused with both numbers", () => {
  const tooFew = { maxTokens: frame - 1, countTokens };
  assert.throws(() => buildAnswerPrompt("Which port now?", ["a"], tooFew), {
    name: "InputError",
    message: new RegExp(`take ${frame} tokens, the prompt may have ${frame - 1}`),
  });
});

test("a model that costs money is asked only where maxUsd is set", async (t) => {
  const stub = await startStub(() => ({ body: completion(" Port 7070. ") }));
  t.after(stub.close);
  const client = createClient({ baseUrl: stub.url, apiKey: "none" });
  const prompt = { messages: [{ role: "user" as const, content: "Which port?" }], tokens: 1000 };
  // 1000 tokens at $2 and 100 at $8 a million.
  const paid = requestAnswer({ client, model: "gpt-4.1", maxUsd: 0 }, prompt);
  await assert.rejects(paid, /\$0\.0028 at most\. Nothing is spent until questions\.maxUsd/);
  assert.equal(stub.requests.length, 0);
  const { text } = await requestAnswer({ client, model: "gpt-4.1", maxUsd: 1 }, prompt);
  assert.equal(text, "Port 7070.");
});
