import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describe, it } from "node:test";
import { findFaults, plotlyType } from "./figure-faults";
import { type Output, codeOf, folders, join, listNotebooks, readNotebook } from "./read-notebook";

const largest = 300_000;
const keys = /\b(?:sk-[\w-]{16,}|hf_\w{16,}|AKIA[0-9A-Z]{16})\b/;
/** Folders under which people and machines keep a checkout; the sample site's own texts name none of them. */
const machinePath = /(?<![\w.)])\/(?:home|Users|root|work|tmp|private|workspace)\/[\w.@-]+/;

/** It needs the Hugging Face Hub, so it may be stored without outputs. */
const needsHub = "the-published-figures.ipynb";
const executed = listNotebooks(folders.smoke);
const stored = [...listNotebooks(folders.tracked), ...listNotebooks(folders.extra)].filter(
  (file) =>
    path.basename(file) !== needsHub ||
    codeOf(readNotebook(file)).some((cell) => cell.outputs!.length > 0 || cell.execution_count),
);

/** Every text that a reader of the outputs can see, figures as JSON; the bytes of pictures left out. */
function textsOf(outputs: Output[]): string[] {
  return outputs.flatMap(({ text, data = {} }) => [
    join(text),
    ...Object.entries(data)
      .filter(([type]) => !type.startsWith("image/"))
      .map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value))),
  ]);
}

describe("outputs of the notebooks", () => {
  it("the smoke run has left nine executed notebooks", () => assert.equal(executed.length, 9));

  for (const file of [...executed, ...stored]) {
    const name = path.relative(process.cwd(), file);
    const code = codeOf(readNotebook(file));
    const outputs = code.flatMap((cell) => cell.outputs ?? []);

    it(`${name} ran once from top to bottom, without an error`, () => {
      const counts = code.map((cell) => cell.execution_count);
      assert.deepEqual(
        counts,
        code.map((_, i) => i + 1),
      );
      const bad = outputs.filter(
        (output) => output.output_type === "error" || output.name === "stderr",
      );
      assert.deepEqual(bad, []);
      assert.ok(outputs.length > 0);
    });

    it(`${name} has at most 300 KB, no path of a machine and no key`, () => {
      const { size } = fs.statSync(file);
      assert.ok(size <= largest, `${size} bytes`);
      for (const text of textsOf(outputs)) {
        assert.doesNotMatch(text, machinePath);
        assert.doesNotMatch(text, keys);
        assert.ok(!text.includes(process.cwd()) && !text.includes(`${os.homedir()}/`));
      }
    });

    it(`${name} has figures with title, named axes and the palette, as plotly and as PNG`, () => {
      const figures = outputs.filter(({ data = {} }) => plotlyType in data || "image/png" in data);
      const faults = figures.map(({ data }) => findFaults(data!));
      assert.deepEqual(faults.flat(), []);
    });
  }

  it("there are figures to look at", () => {
    const count = executed.map(
      (file) =>
        codeOf(readNotebook(file))
          .flatMap((cell) => cell.outputs ?? [])
          .filter(({ data = {} }) => plotlyType in data).length,
    );
    // crawl as tree, page lengths; chunk lengths, tokens; openings, answers; filter, split; base model;
    // training; bytes, levels, gains, ranks, similarities; map, budget; none in 09
    const least = [2, 2, 2, 2, 1, 1, 5, 2, 0];
    assert.ok(
      count.every((n, i) => n >= least[i]),
      count.join(),
    );
  });
});
