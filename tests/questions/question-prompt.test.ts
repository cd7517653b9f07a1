import assert from "node:assert/strict";
import { test } from "node:test";
import * as fs from "node:fs";
import {
  findPassage,
  openConversation,
  questionInstruction,
  questionPromptFile,
  questionRequest,
  retryRequest,
} from "mrl/questions";

const passages = [
  "Plain text.",
  "Two\n\nparagraphs with </passage> in them\n<passage>\nand more",
  "ends in a newline\n",
  "",
  "ünïcode 織る",
];

test("the passage is found again in the request, whatever it holds", () => {
  for (const passage of passages) assert.equal(findPassage(questionRequest(passage)), passage);
});

test("no passage is found in another message", () => {
  assert.equal(findPassage("Hello"), undefined);
  assert.equal(findPassage(questionInstruction), undefined);
  assert.equal(findPassage(questionRequest("x").slice(1)), undefined);
});

test("the conversation opens with the demands and the passage, each in its role", () => {
  const [system, user, ...rest] = openConversation("One fact.");
  assert.deepEqual([system.role, user.role, rest.length], ["system", "user", 0]);
  for (const demand of [/exactly 4/, /this passage alone/, /verbatim span/, /Add nothing/])
    assert.match(system.content, demand);
  assert.ok(user.content.includes("One fact."));
});

test("the prompt is a file to be read: its text is what the model gets", () => {
  const file = fs.readFileSync(questionPromptFile, "utf8").replaceAll("{{pairs}}", "4");
  const [system, user] = openConversation("{{passage}}");
  assert.ok(file.includes(`# Instruction\n\n${system.content}\n`));
  assert.ok(file.includes(`# Request\n\n${user.content}\n`));
  assert.ok(file.includes(`# Again\n\n${retryRequest("{{reason}}")}\n`));
});
