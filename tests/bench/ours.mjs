// One side of the benchmark: mrl. `node ours.mjs <workload.json>`; see child.mjs for the protocol.
import * as fs from "node:fs";
import * as readline from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { loadModel, measureProducts, TrainingPass } = require("mrl/encoder");
const { matryoshka, multipleNegativesRanking } = require("mrl/losses");
const { AdamW, globalNorm, trainBatch } = require("mrl/training");

const workload = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const { kind, precision, dims, batches, blocks } = workload;
const model = await loadModel(workload.folder, { precision });
const gigaflops = () => measureProducts(precision, 2048, 10);

/** Multiplications and additions of a forward pass over texts of these lengths, in 10⁹. */
function forwardGigaflop(lengths) {
  const { layers, hidden: H, intermediate: F } = model.config;
  const ofText = (T) => layers * (2 * T * (4 * H * H + 2 * H * F) + 4 * T * T * H);
  return lengths.reduce((sum, T) => sum + ofText(T), 0) / 1e9;
}

async function* train() {
  const loss = matryoshka(multipleNegativesRanking(), dims);
  const optimizer = new AdamW({}, model.kernels);
  for (const [update, batch] of batches.entries()) {
    const started = performance.now();
    const pass = new TrainingPass(model, { dropoutKey: [42, update] });
    await trainBatch(model, pass, batch, loss);
    const gradients = pass.finish();
    const clip = Math.min(1, 1 / (globalNorm(gradients.entries(), model.kernels) + 1e-6));
    optimizer.update(model.parameters, gradients.entries(), 2e-5, clip);
    gradients.dispose();
    const seconds = (performance.now() - started) / 1000;
    yield describe(
      seconds,
      batch.flatMap(({ question, text }) => [question, text]),
      3,
    );
  }
}

async function* encode() {
  for (const texts of blocks) {
    const started = performance.now();
    await model.encode(texts);
    yield describe((performance.now() - started) / 1000, texts, 1);
  }
}

/** Our texts are not padded: real and padded tokens are the same. */
function describe(seconds, texts, passes) {
  const lengths = texts.map((text) => model.tokenizer.encode(text).length);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const gigaflop = passes * forwardGigaflop(lengths);
  return { seconds, realTokens: tokens, paddedTokens: tokens, gigaflop };
}

function peakBytes() {
  const status = fs.readFileSync("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) * 1024;
}

const rounds = kind === "train" ? train() : encode();
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");
say({ ready: true, device: model.device, precision: model.precision, kernels: model.kernels });
for await (const command of readline.createInterface({ input: process.stdin })) {
  if (command === "limit") say({ gigaflops: gigaflops() });
  else if (command === "go") say({ ...(await rounds.next()).value, peakBytes: peakBytes() });
  else break;
}
