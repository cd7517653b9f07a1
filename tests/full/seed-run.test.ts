import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import { readJson } from "mrl/common";
import { serveFolder } from "mrl/corpus";
import { findBaseModel, loadModel, loadTokenizer, type SentenceEncoder } from "mrl/encoder";
import { makeNotebookProject } from "../environment/notebook-project";
import { type Ended, projectRoot, runNode } from "../environment/run-script";
import { hostileTexts } from "../parity/hostile-texts";
import { type PaidServer, startPaidServer } from "./paid-server";
import { copyNotebooks, smokeDir } from "./smoke-project";

// The seed's profile, its model (mpnet) and its arguments, on four pages of the sample site and for two updates.
// Takes three minutes, and the fetching of mpnet (0.4 GB) once.
const key = "sk-seed0123456789abcdef";
const root = makeNotebookProject();
const workDir = path.join(root, "data", "work", "seed");
const miniLm = path.join(projectRoot, "environment", ".cache", "models", "all-MiniLM-L6-v2");
let site: Awaited<ReturnType<typeof serveFolder>>;
let paid: PaidServer;
let embedder: SentenceEncoder;

before(async () => {
  copyNotebooks(root);
  embedder = await loadModel(miniLm);
  site = await serveFolder(path.join(smokeDir, "site"));
  paid = await startPaidServer(key, (texts) => embedder.encode(texts));
});
after(async () => {
  await site.close();
  await paid.close();
  embedder.dispose();
});

/** All that is not the seed's own: where site and servers are, and how little of it is done. */
function smallness(): Record<string, string> {
  return {
    MRL_SITE_START_URL: `${site.url}core/index.html`,
    MRL_SITE_MAX_PAGES: "4",
    MRL_SITE_DELAY_MS: "0",
    MRL_QUESTIONS_BASE_URL: paid.url,
    MRL_QUESTIONS_MAX_USD: "1",
    MRL_TRAINING_MAX_UPDATES: "2",
    OPENAI_API_KEY: key,
  };
}

function run(): Promise<Ended> {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const args = ["--profile", "seed", "--root", root, "--yes", "--only", "01,02,03,04,05,06,07"];
  return runNode([script, ...args], { ...process.env, ...smallness() });
}

describe("the seed's profile", () => {
  it("runs from the crawl to the comparison with mpnet, GPT-4.1's protocol and 3-large's", async () => {
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout + stderr, /gpt-4\.1: \d+ calls/);
    const report = readJson<{ embedder: string; kept: number }>(
      path.join(workDir, "filter-report.json"),
    );
    assert.equal(report.embedder, "text-embedding-3-large");
    assert.ok(report.kept > 40, `${report.kept} rows are kept`);
  });

  it("trains with the seed's arguments", () => {
    const [folder] = fs.readdirSync(path.join(workDir, "runs"));
    const file = path.join(workDir, "runs", folder, "settings.json");
    const { options, precision, model } = readJson<{
      options: Record<string, unknown>;
      precision: string;
      model: { kind: string; layers: number; hidden: number };
    }>(file);
    assert.equal(precision, "bf16");
    assert.deepEqual([model.kind, model.layers, model.hidden], ["mpnet", 12, 768]);
    const wanted = {
      dims: [768, 512, 256, 128, 64],
      selectBy: "dim_128_cosine_ndcg@10",
      ...{ epochs: 4, batchSize: 32, accumulation: 16, lr: 2e-5, warmup: 0.1, maxUpdates: 2 },
    };
    const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, options[name]]));
    assert.deepEqual(found, wanted);
  });

  it("splits emoji, CJK, right-to-left text, control characters, long words into Python's tokens", () => {
    // Made by tests/parity/make-fixtures.ts with Python's tokenizers: the beginning of each text, and its ids.
    const file = path.join(projectRoot, "tests", "fixtures", "hostile-tokens-mpnet.json");
    const { tokens } = readJson<{ tokens: [string, number[]][] }>(file);
    const tokenizer = loadTokenizer(findBaseModel("all-mpnet-base-v2", root));
    const texts = hostileTexts(120);
    assert.equal(tokens.length, texts.length);
    texts.forEach((text, i) =>
      assert.deepEqual(tokenizer.encode(text), tokens[i][1], JSON.stringify(text.slice(0, 60))),
    );
  });

  it("measures both models at the seed's dimensions", () => {
    const results = readJson<Record<"base" | "tuned", { unseen: Record<string, number> }>>(
      path.join(workDir, "results.json"),
    );
    for (const { unseen } of [results.base, results.tuned])
      for (const dim of [768, 512, 256, 128, 64])
        assert.ok(unseen[`dim_${dim}_cosine_ndcg@10`] > 0.2, `dim ${dim}`);
  });
});
