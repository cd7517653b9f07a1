import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { codeOf, folders, join, listNotebooks, readNotebook } from "./read-notebook";

/** The calls of a model's `encode` and `encodeToFile` in a cell, each up to the end of its statement. */
function callsOf(source: string): string[] {
  return source.match(/(?<!tokenizer)\.encode(ToFile)?\([^;]*;/g) ?? [];
}

test("wherever a notebook encodes, it says whether these are questions or passages", () => {
  const files = [folders.tracked, folders.extra].flatMap(listNotebooks);
  const calls = files.flatMap((file) =>
    codeOf(readNotebook(file)).flatMap((cell) =>
      callsOf(join(cell.source)).map((call) => `${path.basename(file)}: ${call}`),
    ),
  );
  assert.ok(calls.length > 10, `${calls.length} calls`);
  // Without a role a model's prompts are left out, which training and evaluation put in front. `options` hold one.
  const without = calls.filter((call) => !/role: "(query|passage)"|\boptions\b/.test(call));
  assert.deepEqual(without, []);
});
