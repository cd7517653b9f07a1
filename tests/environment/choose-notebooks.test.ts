import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { it } from "node:test";
import { writeNotebook } from "./notebook-project";
import { makeFolder, runModule } from "./run-script";

/** The ids that `--only` chooses where there are 01, 02 and two extras; or the message of the refusal. */
async function choose(only?: string): Promise<string> {
  const root = makeFolder();
  fs.mkdirSync(path.join(root, "notebooks", "extra"), { recursive: true });
  for (const name of ["01-a", "02-b", "extra/more", "extra/most"]) {
    writeNotebook(root, name, ["1"], { reads: [], writes: [] });
  }
  const ended = await runModule(
    `const { chooseNotebooks, listExtras, listNotebooks } = await load("run/notebooks.mjs");
     const root = ${JSON.stringify(root)};
     const all = [listNotebooks(root), listExtras(root)];
     try { console.log(chooseNotebooks(...all, ${JSON.stringify(only)}).map((one) => one.id).join()); }
     catch (error) { console.log(error.message); }`,
  );
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout.trim();
}

it("without --only the numbered notebooks run, and no extra one", async () => {
  assert.equal(await choose(), "01,02");
});

it("--only takes numbers, an extra one by its path, and extra for all of these", async () => {
  assert.equal(await choose("2"), "02");
  assert.equal(await choose("extra/most"), "extra/most");
  assert.equal(await choose("01, extra"), "01,extra/more,extra/most");
});

it("--only refuses what is not there and names what is", async () => {
  const all = "there are 01, 02, extra/more, extra/most.";
  assert.equal(await choose("extra/none"), `--only: there is no notebook extra/none; ${all}`);
  assert.equal(await choose("7"), `--only: there is no notebook 07; ${all}`);
});
