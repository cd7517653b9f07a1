import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { makeNotebookProject, writeNotebook } from "./notebook-project";
import { runNode, type Ended } from "./run-script";

const project = makeNotebookProject();
fs.copyFileSync("tsconfig.json", path.join(project, "tsconfig.json"));
const file = path.join(project, "notebooks", "toy.ipynb");

function check(...more: string[]): Promise<Ended> {
  return runNode(["environment/check-cells.mjs", "--root", project, ...more], process.env);
}

function readSources(): string[] {
  const { cells } = JSON.parse(fs.readFileSync(file, "utf8")) as { cells: { source: string[] }[] };
  return cells.map(({ source }) => [source].flat().join(""));
}

test("a cell with a type that only the strict compiler refuses is named with its line", async () => {
  const good =
    'import { sha256 } from "mrl/common";\n\nconst sums = new Map([["a", sha256("a")]]);';
  writeNotebook(project, "toy", [good, 'console.log(\n  sums.get("a").length + await_,\n);']);
  const { code, stderr } = await check();
  assert.equal(code, 1);
  // The first cell has three lines, so the second begins at line 5 of the module.
  assert.match(stderr, /^notebooks\/toy\.ipynb, cell 1, line 2: Object is possibly 'undefined'/m);
  assert.match(stderr, /^notebooks\/toy\.ipynb, cell 1, line 2: Cannot find name 'await_'/m);
});

test("a cell is reported as not formatted, and --fix formats it and leaves the others alone", async () => {
  const sources = ["const dims = [256,128]", "console.log(dims);"];
  writeNotebook(project, "toy", sources);
  const before = await check();
  assert.deepEqual(before.stderr.trim().split("\n"), [
    "notebooks/toy.ipynb, cell 0: not formatted; npm run fix",
  ]);
  assert.deepEqual(readSources(), sources);
  assert.equal((await check("--fix")).code, 0);
  assert.deepEqual(readSources(), ["const dims = [256, 128];", "console.log(dims);"]);
  assert.equal((await check()).code, 0);
});
