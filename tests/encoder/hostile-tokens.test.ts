import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { readJson } from "mrl/common";
import { findBaseModel, loadTokenizer } from "mrl/encoder";
import { hostileTexts } from "../parity/hostile-texts";

/** Made by tests/parity/make-fixtures.ts with Python's tokenizers; versions in the file. */
interface Fixture {
  /** The beginning of each text, and its ids. */
  tokens: [string, number[]][];
}

const fixture = readJson<Fixture>(path.join(process.cwd(), "tests/fixtures/hostile-tokens.json"));
const texts = hostileTexts(120);
const tokenizer = loadTokenizer(findBaseModel("all-MiniLM-L6-v2", process.cwd()));

test("the fixture holds these texts, among them some of 10,000 characters and empty ones", () => {
  assert.deepEqual(
    fixture.tokens.map(([beginning]) => beginning),
    texts.map((text) => text.slice(0, 40)),
  );
  assert.ok(texts.filter((text) => text.length >= 10_000).length > 10);
  assert.ok(fixture.tokens.filter(([, ids]) => ids.length === 2).length > 5);
  assert.ok(fixture.tokens.some(([, ids]) => ids.length === tokenizer.maxTokens));
});

test("emoji, CJK, right-to-left, control characters, long words: the token ids are Python's", () => {
  texts.forEach((text, i) => {
    assert.deepEqual(
      tokenizer.encode(text),
      fixture.tokens[i][1],
      JSON.stringify(text.slice(0, 60)),
    );
  });
});

for (const [what, text, count] of [
  ["an ideograph beyond the basic plane is a word of its own", "𠀀𠀁", 4],
  ["a final capital sigma becomes σ, not ς", "ΟΔΟΣ", tokenizer.encode("οδοσ").length],
  ["a mark younger than Unicode 8 stays in its word", "a\u07fdb", 3],
] as const) {
  test(what, () => assert.equal(tokenizer.encode(text).length, count));
}

test("half a surrogate pair, as a cut text may have, is left out", () => {
  assert.deepEqual(tokenizer.encode("loom\ud83d lane"), tokenizer.encode("loom lane"));
});
