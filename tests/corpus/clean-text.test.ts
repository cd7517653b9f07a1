import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "mrl/common";
import { cleanText } from "mrl/corpus";

const cases: [claim: string, before: string, after: string][] = [
  ["emoji go, with their joiners", "Ready 🚀 go \u2600\uFE0F 👩\u200D💻!", "Ready go !"],
  ["three of a drawn sign go", "a --- b *** c ### d", "a b c d"],
  ["two of a drawn sign stay", "i++ || --flag ## ok", "i++ || --flag ## ok"],
  ["mixed signs are no rule", "|-|-|", "|-|-|"],
  ["=== and ... are code and stay", "if (a === b) f(...args)", "if (a === b) f(...args)"],
  ["four = or . go", "Title\n====\nChapter .... 7", "Title\n\nChapter 7"],
  ["tabs and no-break spaces become one space", "a \t\u00A0 b", "a b"],
  ["lines lose the spaces at their ends", "  a  \n\t b ", "a\nb"],
  ["two blank lines become one", "a\n\n\n \n\nb", "a\n\nb"],
  ["newlines at the ends go", "\n\n a \n\n", "a"],
  ["nothing stays nothing", " \n\t ", ""],
];
for (const [claim, before, after] of cases) {
  test(`cleaning: ${claim}`, () => assert.equal(cleanText(before), after));
}

test("cleaning twice is cleaning once, for 2,000 random texts", () => {
  const random = createRandom(1);
  const signs = [..."ab \n\t-=.*#|_🚀\u200D\uFE0F\u00A0\r\u2028"];
  let changed = 0;
  for (let i = 0; i < 2000; i++) {
    const length = random.integer(30);
    const text = Array.from({ length }, () => signs[random.integer(signs.length)]).join("");
    const once = cleanText(text);
    if (once !== text) changed++;
    assert.equal(cleanText(once), once, JSON.stringify(text));
  }
  assert.ok(changed > 1000, "most random texts need cleaning");
});
