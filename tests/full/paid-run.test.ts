import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import { readJson, readJsonLines } from "mrl/common";
import type { QuestionRecord } from "mrl/questions";
import { projectRoot, runNode } from "../environment/run-script";
import { token } from "../hub/hub-routes";
import { type HubServer, startHubServer } from "../hub/hub-server";
import { type PaidServer, startPaidServer } from "./paid-server";
import { listFilesOf, makeSmokeProject } from "./smoke-project";

// Notebooks 03, 04 and 09 as with a paid model and a real Hub, on what the smoke run of `npm test` left. Takes a minute.
const key = "sk-planted0123456789abcdef";
const copies = ["chunks.jsonl", "model", "runs", "results.json"];
const { root, workDir } = makeSmokeProject(copies);
let server: PaidServer;
let hub: HubServer;

before(async () => {
  server = await startPaidServer(key);
  hub = await startHubServer();
});
after(async () => {
  await server.close();
  await hub.stop();
});

function plant(openai: string): void {
  fs.writeFileSync(path.join(root, ".env"), `OPENAI_API_KEY=${openai}\nHF_TOKEN=${token}\n`);
}

/** The servers live in this process, so it must not wait for the run in one piece. */
async function run(...only: string[]): Promise<{ code: number | null; text: string }> {
  const { OPENAI_API_KEY: _, HF_TOKEN: __, ...rest } = process.env;
  const env = {
    ...rest,
    MRL_QUESTIONS_SOURCE: "openai",
    MRL_QUESTIONS_MODEL: "gpt-4.1",
    MRL_QUESTIONS_BASE_URL: server.url,
    MRL_FILTER_EMBEDDER: "text-embedding-3-large",
    MRL_PUBLISH_DRY_RUN: "false",
    MRL_PUBLISH_DATASET_REPO: "me/weft",
    MRL_PUBLISH_MODEL_REPO: "me/finder",
    HF_ENDPOINT: hub.url,
  };
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const args = [script, "--profile", "smoke", "--root", root, "--yes", "--only", only.join()];
  const { code, stdout, stderr } = await runNode(args, env);
  return { code, text: stdout + stderr };
}

/** The planted secrets, plain and as base64 would carry them, in a text or in any file that runs have written. */
function findSecrets(printed: string): string[] {
  const secrets = [key, token].flatMap((one) => [one, Buffer.from(one).toString("base64")]);
  const cache = path.join(projectRoot, "environment", ".cache");
  const written = [
    ...listFilesOf(root, ["data/work", "notebooks"]).map((name) => path.join(root, name)),
    ...listFilesOf(cache, ["jupyter", "logs"]).map((name) => path.join(cache, name)),
  ];
  assert.ok(written.length > 20);
  const holders = written.filter((file) => {
    const content = fs.readFileSync(file);
    return secrets.some((secret) => content.includes(secret));
  });
  return [...holders, ...secrets.filter((secret) => printed.includes(secret))];
}

describe("notebooks 03, 04 and 09 with keys in .env", () => {
  let printed = "";

  it("ask, embed and publish with the keys, after the cost was shown", async () => {
    plant(key);
    const { code, text } = await run("03", "04", "09");
    printed = text;
    assert.equal(code, 0, text);
    assert.match(text, /questions {2}gpt-4\.1: \d+ calls.*\n.*embeddings text-embedding-3-large/);
    const records = readJsonLines<QuestionRecord>(path.join(workDir, "questions.jsonl"));
    assert.ok(records.every((one) => one.answeredBy === "gpt-4.1-2025-04-14" && one.costUsd! > 0));
    // One for the questions and one for the passages, which a model may read differently.
    assert.equal(server.served.filter((name) => name === "/v1/embeddings").length, 2);
    const report = readJson<{ embedder: string }>(path.join(workDir, "filter-report.json"));
    assert.equal(report.embedder, "text-embedding-3-large");
    for (const name of ["datasets/me/weft", "models/me/finder"]) {
      const repo = hub.repos.get(name)!;
      assert.deepEqual([repo.private, repo.commits], [true, 1]);
    }
    const card = hub.repos.get("datasets/me/weft")!.files.get("README.md")!.toString();
    assert.match(card, /written by `gpt-4\.1-2025-04-14`/);
    const executed = fs.readFileSync(path.join(workDir, "notebooks", "09-publish.ipynb"), "utf8");
    assert.ok(executed.includes(`${hub.url}/commit/1`), "the commit's address is not shown");
  });

  it("leave no key in any notebook, output, card, log or other file, nor on the terminal", () => {
    assert.deepEqual(findSecrets(printed), []);
    for (const { files } of hub.repos.values())
      for (const content of files.values()) assert.ok(!content.includes(key));
  });

  it("run again, pay for nothing", async () => {
    const paid = server.served.length;
    const { code, text } = await run("03", "04");
    assert.equal(code, 0, text);
    assert.equal(server.served.length, paid);
  });

  it("leave no key behind when the server refuses it in words that repeat it", async () => {
    const wrong = `${key}-revoked`;
    plant(wrong);
    fs.rmSync(path.join(workDir, "questions.jsonl"), { force: true });
    const { code, text } = await run("03");
    assert.equal(code, 1);
    assert.match(text, /401 Incorrect API key provided: Bearer \[key\].*set OPENAI_API_KEY/);
    assert.ok(fs.existsSync(path.join(workDir, "notebooks", "03-write-questions.log")));
    assert.deepEqual(findSecrets(text), []);
  });
});
