import assert from "node:assert/strict";
import test from "node:test";
import { textThrough } from "mrl/corpus";

test("the text ends where the span first ends", () => {
  assert.equal(textThrough("a loom is a loom", "loom"), "a loom");
});

test("whitespace counts as one space in both", () => {
  assert.equal(textThrough("Looms\n\n keep  state.\nAlways.", "keep\nstate."), "Looms keep state.");
});

test("a span that is not there gives nothing", () => {
  assert.equal(textThrough("a loom", "Loom"), undefined);
});
