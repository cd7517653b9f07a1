// Trains MiniLM for some updates on made-up texts and prints memory as JSON: see training-memory.test.ts.
// Needs --expose-gc.
import * as fs from "node:fs";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { TrainingPass, findBaseModel, loadModel } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { AdamW, globalNorm, trainBatch } from "mrl/training";

const [batchSize, updates, tokens] = process.argv.slice(2).map(Number);
const words = ["loom", "shuttle", "weft", "thread", "pattern", "node", "port", "cluster"];
const textOf = (seed: number, length: number): string =>
  Array.from(
    { length },
    (_, i) => words[(seed * 7 + i * 3 + (i % (seed + 2))) % words.length],
  ).join(" ");

async function main(): Promise<void> {
  const folder = findBaseModel("sentence-transformers/all-MiniLM-L6-v2", process.cwd());
  const model = await loadModel(folder, { precision: "f32" });
  const loss = matryoshka(multipleNegativesRanking(), [384, 64]);
  const optimizer = new AdamW({}, model.kernels);
  const batch = Array.from({ length: batchSize }, (_, i) => ({
    question: `${i} ${textOf(i, 12)}`,
    text: `${i} ${textOf(i + 1, tokens)}`,
    chunkId: i,
  }));
  const measured = {
    peakBytes: 0,
    bytes: [] as number[],
    heap: [] as number[],
    tensors: [] as number[],
  };
  for (let update = 0; update < updates; update++) {
    const pass = new TrainingPass(model, { dropoutKey: [1, update] });
    await trainBatch(model, pass, batch, loss);
    const gradients = pass.finish();
    globalNorm(gradients.entries(), model.kernels);
    optimizer.update(model.parameters, gradients.entries(), 1e-5);
    gradients.dispose();
    // JavaScript's heap grows and shrinks as it likes; what it holds is looked at by itself.
    globalThis.gc!();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    measured.bytes.push(rss - heapTotal);
    measured.heap.push(heapUsed);
    measured.tensors.push(tf.memory().numTensors);
  }
  const status = fs.readFileSync("/proc/self/status", "utf8");
  measured.peakBytes = Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  console.log(JSON.stringify(measured));
}

void main();
