import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "mrl/common";
import { pageFileName } from "mrl/corpus";

test("a name shows what is readable of the path", () => {
  assert.match(pageFileName("core/strands.html"), /^core-strands-[0-9a-f]{16}\.txt$/);
  assert.match(pageFileName("caf%C3%A9/%F0%9F%9A%80.html"), /^caf-[0-9a-f]{16}\.txt$/);
  assert.match(pageFileName("%E6%96%87.html"), /^page-[0-9a-f]{16}\.txt$/);
  assert.match(pageFileName("%zz"), /^zz-[0-9a-f]{16}\.txt$/);
});

test("paths that read alike have different names", () => {
  const alike = [
    "a/b.html",
    "a-b.html",
    "a_b.html",
    "a/b",
    "A/B.html",
    "a%2Fb.html",
    "a/b.html?v=1",
  ];
  const long = "x".repeat(500);
  const names = [...alike, `${long}1`, `${long}2`].map(pageFileName);
  assert.equal(new Set(names).size, names.length);
});

test("5,000 hostile paths get 5,000 names that are safe and differ without their case", () => {
  const random = createRandom(2);
  const parts = [
    "..",
    ".",
    "/",
    "\\",
    "%2e%2e",
    "%00",
    "\0",
    "CON",
    "é",
    "文",
    "🚀",
    "a",
    "A",
    "?",
    "~",
    " ",
  ];
  const paths = new Set<string>();
  while (paths.size < 5000) {
    const length = 1 + random.integer(40);
    paths.add(Array.from({ length }, () => parts[random.integer(parts.length)]).join(""));
  }
  const names = [...paths].map(pageFileName);
  for (const name of names) assert.match(name, /^[a-z0-9][a-z0-9-]{0,76}\.txt$/);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, paths.size);
});
