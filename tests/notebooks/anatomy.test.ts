import assert from "node:assert/strict";
import * as path from "node:path";
import { describe, it } from "node:test";
import { type Notebook, codeOf, folders, join, listNotebooks, readNotebook } from "./read-notebook";

const numbered = listNotebooks(folders.tracked);
const lineCount = (text: string): number => text.trimEnd().split("\n").length;
const proseOf = ({ cells }: Notebook): string =>
  cells
    .filter((cell) => cell.cell_type === "markdown")
    .map((cell) => join(cell.source))
    .join("\n\n");

describe("how a notebook is built", () => {
  it("there are nine", () => assert.equal(numbered.length, 9));

  for (const file of numbered) {
    const name = path.basename(file, ".ipynb");
    const id = name.slice(0, 2);
    const notebook = readNotebook(file);

    it(`${name} opens with title, map, question and steps, and keeps its steps`, () => {
      const head = join(notebook.cells[0].source);
      assert.match(
        head,
        new RegExp(`^# ${id} · \\w.*\n\n!\\[[^\\]]+\\]\\(images/road-${id}\\.png\\)\n`),
      );
      assert.match(head, /\n\*\*[^*]+\?\*\*\n/);
      for (const word of ["Reads", "Writes", "Takes"])
        assert.ok(head.includes(`**${word}**`), word);
      const steps = [...head.matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
      const headings = [...proseOf(notebook).matchAll(/^## (\d+)\.(\d+) /gm)];
      assert.ok(steps.length >= 4);
      assert.deepEqual(
        headings.map(([, part, step]) => [Number(part), step]),
        steps.map((step) => [Number(id), step]),
      );
    });

    it(`${name} has short code cells, at most two in a row`, () => {
      const lengths = codeOf(notebook).map((cell) => lineCount(join(cell.source)));
      const median = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)];
      assert.ok(median <= 8, `the median cell has ${median} lines`);
      assert.ok(Math.max(...lengths) <= 40, `a cell has ${Math.max(...lengths)} lines`);
      // The first two, imports and settings, belong together and are not counted.
      const kinds = notebook.cells.slice(3).map((cell) => cell.cell_type[0]);
      assert.ok(!kinds.join("").includes("ccc"), kinds.join(""));
    });

    it(`${name} ends with result, limits, what can go wrong, exercises with answers, and the way on`, () => {
      const prose = proseOf(notebook);
      for (const part of [
        "## Result",
        "**Worth noting.**",
        "**What can go wrong.**",
        "**Limits.**",
      ])
        assert.ok(prose.includes(part), part);
      const last = join(notebook.cells.at(-1)!.source);
      const exercises = last.match(/^\*\*Exercise \d\.\d, [^*]+[.?]\*\* /gm) ?? [];
      assert.ok(exercises.length >= 2, `${exercises.length} exercises`);
      const answer = /<details>\n<summary>Answer<\/summary>\n\n[^<]+\n\n<\/details>/g;
      assert.equal(last.match(answer)?.length, exercises.length);
      assert.match(last, /\n\*\*Next:\*\* .*$/);
    });
  }
});
