import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { env, pipeline } from "@huggingface/transformers";
import { type Chunk, readJsonLines, writeJson } from "mrl/common";
import { exportOnnx, loadModel } from "mrl/encoder";
import { tiny, writeText, writeTinyModel } from "../encoder/tiny-model";
import { noBrowser, openBrowser, openPage } from "./browser/open-browser";
import { serveModels } from "./browser/serve-models";
import { onnxPeer, runPeer } from "./peer";

// Needs the files that the smoke run of `npm test` leaves.
const smoke = path.join(process.cwd(), "data", "work", "smoke");
const chunks = readJsonLines<Chunk>(path.join(smoke, "chunks.jsonl")).slice(0, 6);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-onnx-"));
after(() => fs.rmSync(folder, { recursive: true }));

interface Case {
  name: string;
  pooling: "mean" | "cls";
  /** The last one is longer than the model reads. */
  texts: string[];
  vectors: Float32Array[];
}
const cases: Case[] = [];

/** The published model, and tiny ones for what it does not have. */
before(async () => {
  const published = path.join(smoke, "publish", "model");
  fs.cpSync(published, path.join(folder, "published"), { recursive: true });
  const passages = chunks.map(({ text }) => text);
  const texts = ["How do I cancel a strand?", ...passages, passages[0].repeat(4)];
  await addCase("published", "mean", texts);
  for (const pooling of ["mean", "cls"] as const) {
    const name = `mpnet-${pooling}`;
    writeTiny(name, pooling);
    await addCase(
      name,
      pooling,
      [3, 1, 12, 7, 40].map((n, i) => writeText(n, i)),
    );
  }
});

function writeTiny(name: string, pooling: string): void {
  const modes = {
    pooling_mode_mean_tokens: pooling === "mean",
    pooling_mode_cls_token: pooling === "cls",
  };
  const settings = { word_embedding_dimension: tiny.hidden, ...modes };
  const written = writeTinyModel("mpnet", { pooling: settings, normalize: true });
  fs.cpSync(written, path.join(folder, name), { recursive: true });
  fs.rmSync(written, { recursive: true });
  const marks = { pad_token: "[PAD]", unk_token: "[UNK]", cls_token: "[CLS]", sep_token: "[SEP]" };
  writeJson(path.join(folder, name, "tokenizer_config.json"), {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...marks,
  });
}

async function addCase(name: string, pooling: Case["pooling"], texts: string[]): Promise<void> {
  const model = await loadModel(path.join(folder, name), { precision: "f32" });
  // The published folder holds its export already.
  if (name !== "published") await exportOnnx(model, path.join(folder, name));
  assert.ok(model.tokenizer.countTokens(texts.at(-1)!) > model.maxTokens);
  cases.push({ name, pooling, texts, vectors: await model.encode(texts) });
  model.dispose();
}

function assertNear(found: number[][], expected: Float32Array[], what: string): void {
  assert.equal(found.length, expected.length);
  const differences = expected.flatMap((vector, i) =>
    [...vector].map((value, k) => Math.abs(value - found[i][k])),
  );
  const largest = Math.max(...differences);
  assert.ok(largest < 1e-4, `${what}: ${largest}`);
}

/** What transformers.js cuts loses its end mark, so that the last text of all has another vector there. */
function assertNearUncut(found: number[][], { name, vectors }: Case): void {
  assertNear(found.slice(0, -1), vectors.slice(0, -1), name);
  if (name === "published") assert.ok(cosine(found.at(-1)!, vectors.at(-1)!) > 0.98);
}

function cosine(a: number[], b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k], 0);
}

test("transformers.js in Node gives our vectors to 1e-4", async () => {
  env.allowRemoteModels = false;
  for (const item of cases) {
    const at = path.join(folder, item.name);
    const extract = await pipeline("feature-extraction", at, { dtype: "fp32" });
    const found = await extract(item.texts, { pooling: item.pooling, normalize: true });
    assertNearUncut(found.tolist() as number[][], item);
    await extract.dispose();
  }
});

test(
  "transformers.js in Chromium gives them too, with nothing from elsewhere",
  { skip: noBrowser },
  async () => {
    const server = await serveModels(folder);
    const browser = await openBrowser();
    try {
      const { page, strayed, errors } = await openPage(browser, server.url);
      await page.goto(server.url);
      await page.waitForFunction("window.embed");
      const embed = ({ name, texts, pooling }: Case, dtype: string): Promise<number[][]> => {
        const given = [name, texts, { dtype, pooling, normalize: true }];
        return page.evaluate(`embed(${given.map((value) => JSON.stringify(value)).join()})`);
      };
      for (const item of cases) assertNearUncut(await embed(item, "fp32"), item);
      const small = await embed(cases[0], "q8");
      const cosines = small.map((vector, i) => cosine(vector, cases[0].vectors[i]));
      assert.ok(Math.min(...cosines) > 0.95, cosines.join(" "));
      assert.ok(server.served.some((url) => url.endsWith(".wasm")));
      assert.ok(server.served.includes("/models/published/onnx/model_quantized.onnx"));
      assert.deepEqual([strayed, errors], [[], []]);
    } finally {
      await browser.close();
      server.close();
    }
  },
);

test("sentence-transformers, its ONNX backend and ONNX Runtime alone give our vectors to 1e-4", async () => {
  const request = path.join(folder, "request.json");
  const texts = cases.map((item) => [path.join(folder, item.name), item.texts]);
  writeJson(request, Object.fromEntries(texts));
  const script = path.join("tests", "full", "onnx_vectors.py");
  const printed = await runPeer("python", [script, request], { PYTHONPATH: onnxPeer });
  const answer = JSON.parse(printed) as Record<string, Record<string, number[][]>>;
  for (const { name, vectors } of cases) {
    for (const way of ["torch", "onnx", "runtime"]) {
      assertNear(answer[path.join(folder, name)][way], vectors, `${name}, ${way}`);
    }
  }
});
