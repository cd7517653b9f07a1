import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import { writeNotebook } from "./notebook-project";
import { makeFolder, runModule } from "./run-script";

/** Three notebooks that hand files on; the last rewrites results.json of the first. */
function makeChain(): { root: string; write: (name: string, text: string) => void } {
  const root = makeFolder();
  const write = (name: string, text: string): void => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  write("data/sample/page.md", "sample");
  write("lib/dist/corpus/index.js", 'require("./crawl"); require("../common/index");');
  write("lib/dist/corpus/crawl.js", "");
  write("lib/dist/common/index.js", "");
  write("lib/dist/hub/index.js", "");
  write("notebooks/none", "");
  const first = ['import { crawlSite } from "mrl/corpus";'];
  writeNotebook(root, "01-a", first, { reads: [], writes: ["pages", "results.json"] });
  writeNotebook(root, "02-b", ["1"], { reads: ["pages"], writes: ["chunks.jsonl"] });
  writeNotebook(root, "03-c", ["2"], { reads: ["chunks.jsonl"], writes: ["results.json"] });
  write("data/work/smoke/pages/a.txt", "a");
  write("data/work/smoke/chunks.jsonl", "c");
  write("data/work/smoke/results.json", "r");
  return { root, write };
}

/** Which notebooks would run; with `remember`, all are first noted as having just run. */
async function listStale(root: string, remember: boolean, env = {}): Promise<string> {
  const ended = await runModule(
    `const { createFingerprints } = await load("run/fingerprints.mjs");
     const { listNotebooks } = await load("run/notebooks.mjs");
     const root = ${JSON.stringify(root)};
     const notebooks = listNotebooks(root);
     const run = { root, workDir: root + "/data/work/smoke", notebooks, env: process.env };
     const prints = createFingerprints(run);
     if (${remember}) for (const one of notebooks) prints.remember(one, prints.inputsOf(one));
     console.log(notebooks.filter((one) => !prints.isFresh(one)).map((one) => one.id).join());`,
    { ...process.env, ...env },
  );
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout.trim();
}

describe("a second run", () => {
  it("redoes nothing where nothing changed, and everything where nothing was noted", async () => {
    const { root } = makeChain();
    assert.equal(await listStale(root, false), "01,02,03");
    assert.equal(await listStale(root, true), "");
    assert.equal(await listStale(root, false), "");
  });

  it("redoes what reads a changed file, not what comes after it", async () => {
    const { root, write } = makeChain();
    await listStale(root, true);
    write("data/work/smoke/chunks.jsonl", "changed");
    // 02 wrote another content, 03 reads it.
    assert.equal(await listStale(root, false), "02,03");
  });

  it("redoes what wrote a file that is gone", async () => {
    const { root } = makeChain();
    await listStale(root, true);
    fs.rmSync(path.join(root, "data/work/smoke/results.json"));
    assert.equal(await listStale(root, false), "01,03");
  });

  it("does not mind that a later notebook rewrites an earlier one's file", async () => {
    const { root, write } = makeChain();
    await listStale(root, true);
    write("data/work/smoke/results.json", "more");
    assert.equal(await listStale(root, false), "03");
  });

  it("redoes what uses a changed module, through all that it requires", async () => {
    const { root, write } = makeChain();
    await listStale(root, true);
    write("lib/dist/hub/index.js", "// changed");
    assert.equal(await listStale(root, false), "");
    write("lib/dist/common/index.js", "// changed");
    assert.equal(await listStale(root, false), "01");
  });

  it("redoes a notebook whose cells changed, but not for its outputs", async () => {
    const { root } = makeChain();
    await listStale(root, true);
    const file = path.join(root, "notebooks", "02-b.ipynb");
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace('"execution_count":null', '"execution_count":7'));
    assert.equal(await listStale(root, false), "");
    fs.writeFileSync(file, text.replace('"source":"1"', '"source":"1 + 1"'));
    assert.equal(await listStale(root, false), "02");
  });

  it("redoes all after a changed setting or sample page", async () => {
    const { root, write } = makeChain();
    await listStale(root, true);
    assert.equal(await listStale(root, false, { MRL_TRAINING_SEED: "7" }), "01,02,03");
    write("data/sample/page.md", "changed");
    assert.equal(await listStale(root, false), "01,02,03");
  });
});
