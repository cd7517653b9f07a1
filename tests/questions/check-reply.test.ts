import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReplyText, checkReply } from "mrl/questions";

const passage =
  "Start it\n\n  weft up --nodes 3\n\nIt needs port 7070. It logs to /var/log. It stops on TERM.";
const pairs = [
  { question: "How is it started?", answer: "weft up --nodes 3" },
  { question: "Which port?", answer: "port 7070" },
  { question: "Where are its logs?", answer: "/var/log" },
  { question: "What stops it?", answer: "It stops on TERM." },
];

function check(text: string, rest: Partial<ReplyText> = {}): ReturnType<typeof checkReply> {
  return checkReply({ text, ...rest }, passage);
}

function reasonOf(text: string, rest: Partial<ReplyText> = {}): string {
  const checked = check(text, rest);
  assert.ok("reason" in checked, "the reply was taken");
  return checked.reason;
}

function change(index: number, part: object): string {
  return JSON.stringify({
    pairs: pairs.map((pair, i) => (i === index ? { ...pair, ...part } : pair)),
  });
}

test("four pairs with verbatim answers are taken as they are", () => {
  assert.deepEqual(check(JSON.stringify({ pairs })), { pairs });
});

test("an answer may differ from the passage in whitespace only", () => {
  assert.ok("pairs" in check(change(0, { answer: "Start it weft   up\n--nodes 3" })));
  assert.match(
    reasonOf(change(0, { answer: "weft up --nodes3" })),
    /^answer 1 is not in the passage/,
  );
});

test("a reply that is no JSON, or has no list of pairs, is refused with that reason", () => {
  assert.match(reasonOf("Here are four questions:"), /^it is not JSON/);
  for (const text of ["[]", "null", "3", '{"pairs": {}}'])
    assert.match(reasonOf(text), /no list named "pairs"/);
  assert.match(reasonOf('{"pairs": [null, 1, 2, 3]}'), /^pair 1 lacks a question or an answer/);
});

test("three and five pairs are refused with their number", () => {
  assert.equal(reasonOf(JSON.stringify({ pairs: pairs.slice(1) })), "it has 3 pairs, not 4");
  assert.equal(reasonOf(JSON.stringify({ pairs: [...pairs, pairs[0]] })), "it has 5 pairs, not 4");
});

test("every fault of the pairs is named at once", () => {
  const broken = [
    pairs[0],
    { ...pairs[1], question: " how  is it STARTED?" },
    { question: "", answer: "" },
    pairs[3],
  ];
  assert.equal(
    reasonOf(JSON.stringify({ pairs: broken })),
    "question 2 repeats another; question 3 is empty; answer 3 is empty",
  );
});

test("a refusal, a length stop, a filter and an empty reply are told apart", () => {
  assert.equal(reasonOf("", { refusal: "I cannot" }), "the model refused (I cannot)");
  assert.equal(reasonOf('{"pairs": [', { finishReason: "length" }), "it ran into the length limit");
  const filtered = reasonOf("", { finishReason: "content_filter" });
  assert.equal(filtered, "the server's content filter stopped it");
  assert.equal(reasonOf(" \n"), "it is empty");
});
