import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { loadTokenizer, type TextTokenizer } from "mrl/encoder";
import { tiny, writeText, writeTinyModel, type Kind } from "./tiny-model";

function open(kind: Kind, maxTokens?: number): TextTokenizer {
  const folder = writeTinyModel(kind, { maxTokens });
  const tokenizer = loadTokenizer(folder);
  fs.rmSync(folder, { recursive: true });
  return tokenizer;
}

test("words lie between [CLS] and [SEP]; unknown ones become [UNK]; case is ignored", () => {
  // [PAD] [UNK] [CLS] [SEP] are 0 to 3 and w0 is 4.
  assert.deepEqual(open("bert").encode("w0 W3 what"), [2, 4, 7, 1, 3]);
  assert.deepEqual(open("mpnet").encode("w0 W3 what"), [0, 4, 7, 3, 2]);
  assert.deepEqual(open("bert").encode(""), [2, 3]);
});

for (const kind of ["bert", "mpnet"] as const) {
  test(`${kind}: a long text is cut to the limit and still ends with [SEP]`, () => {
    const tokenizer = open(kind);
    const text = writeText(50, 1);
    const ids = tokenizer.encode(text);
    const separator = kind === "bert" ? 3 : 2;
    assert.equal(ids.length, tiny.maxTokens);
    assert.equal(ids.at(-1), separator);
    assert.equal(tokenizer.countTokens(text), 52);
    const first = tokenizer.encode(
      text
        .split(" ")
        .slice(0, tiny.maxTokens - 2)
        .join(" "),
    );
    assert.deepEqual(ids, first);
  });

  test(`${kind}: the limit is never beyond the positions that the model has`, () => {
    assert.equal(open(kind, 999).maxTokens, kind === "bert" ? 40 : 38);
  });
}
