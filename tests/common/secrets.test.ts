import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { readSecret } from "mrl/common";

function makeRoot(content?: string): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-secrets-"));
  if (content !== undefined) fs.writeFileSync(path.join(root, ".env"), content);
  return root;
}

test("a key of the environment goes before that of .env", () => {
  const root = makeRoot("OPENAI_API_KEY=from-file\n");
  assert.equal(readSecret("OPENAI_API_KEY", { root, env: { OPENAI_API_KEY: "own" } }), "own");
  assert.equal(readSecret("OPENAI_API_KEY", { root, env: {} }), "from-file");
  assert.equal(readSecret("HF_TOKEN", { root, env: {} }), undefined);
});

test("comments, quotes and spaces of .env are no part of the key, and an empty key is none", () => {
  const root = makeRoot('# keys\nOPENAI_API_KEY = "sk-a#b" # mine\nHF_TOKEN=\n');
  assert.equal(readSecret("OPENAI_API_KEY", { root, env: {} }), "sk-a#b");
  assert.equal(readSecret("HF_TOKEN", { root, env: {} }), undefined);
  assert.equal(readSecret("HF_TOKEN", { root: makeRoot(), env: {} }), undefined);
});

test("reading a key does not put it into the environment, where it would be inherited", () => {
  const root = makeRoot("HF_TOKEN=hf_fromfile\n");
  readSecret("HF_TOKEN", { root, env: {} });
  assert.ok(!Object.values(process.env).includes("hf_fromfile"));
});

test("git tracks .env.example, which holds names and no key, and ignores .env", () => {
  const example = fs.readFileSync(".env.example", "utf8");
  const names = [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(names, [
    ["OPENAI_API_KEY", ""],
    ["HF_TOKEN", ""],
  ]);
  const ignored = spawnSync("git", ["check-ignore", ".env", ".env.example"], { encoding: "utf8" });
  assert.equal(ignored.stdout, ".env\n");
});
