// One size of `npm run bench -- --scale`, in a process of its own: `node scale.mjs <root> <chunks>`.
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { createWorkload, works } from "./workload.mjs";

const require = createRequire(import.meta.url);
const { loadModel, TrainingPass } = require("mrl/encoder");
const { matryoshka, multipleNegativesRanking } = require("mrl/losses");
const { AdamW, trainBatch } = require("mrl/training");

const [root, count] = process.argv.slice(2);
// Beyond the sample's chunks the same ones come again: what counts here is how many there are.
const { batches, folder, dims } = createWorkload(root, works[0], Math.ceil(Number(count) / 32));
const pairs = batches.flat().slice(0, Number(count));
const model = await loadModel(folder, { precision: "f32" });

const encodeSeconds = await timed(() => model.encode(pairs.map(({ text }) => text)));
const trainSeconds = await timed(async () => {
  const loss = matryoshka(multipleNegativesRanking(), dims);
  const optimizer = new AdamW({}, model.kernels);
  for (let first = 0; first < pairs.length; first += 32) {
    const pass = new TrainingPass(model, { dropoutKey: [42, first] });
    await trainBatch(model, pass, pairs.slice(first, first + 32), loss);
    const gradients = pass.finish();
    optimizer.update(model.parameters, gradients.entries(), 2e-5);
    gradients.dispose();
  }
});
const peak = /VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1];
const peakBytes = Number(peak) * 1024;
console.log(JSON.stringify({ chunks: pairs.length, encodeSeconds, trainSeconds, peakBytes }));

async function timed(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
