// Where the time of a training step goes. Reaches into tfjs's backend, as nothing in the library does.
import { createRequire } from "node:module";
import { createWorkload, works } from "./workload.mjs";

const require = createRequire(import.meta.url);

/** Trains two steps of MiniLM and prints each operation's share of the second. */
export async function printProfile(root) {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const { loadModel, TrainingPass } = require("mrl/encoder");
  const { matryoshka, multipleNegativesRanking } = require("mrl/losses");
  const { AdamW, globalNorm, trainBatch } = require("mrl/training");
  const { batches, folder, dims } = createWorkload(root, works[0], 2);
  const model = await loadModel(folder);
  const loss = matryoshka(multipleNegativesRanking(), dims);
  const optimizer = new AdamW({}, model.kernels);
  const times = watchOperations();
  let started = 0;
  for (const [update, batch] of batches.entries()) {
    times.clear();
    started = performance.now();
    const pass = new TrainingPass(model, { dropoutKey: [42, update] });
    await trainBatch(model, pass, batch, loss);
    const gradients = pass.finish();
    globalNorm(gradients.entries(), model.kernels);
    optimizer.update(model.parameters, gradients.entries(), 2e-5);
    gradients.dispose();
  }
  const whole = (performance.now() - started) / 1000;
  const rows = [...times].sort((a, b) => b[1].seconds - a[1].seconds);
  const measured = rows.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  rows.push(["(JavaScript, tokenising)", { calls: "", seconds: whole - measured }]);
  console.log(`One step of MiniLM, ${model.precision}: ${whole.toFixed(2)} s`);
  for (const [name, { calls, seconds }] of rows.filter(([, row]) => row.seconds > 0.004 * whole)) {
    const share = `${((100 * seconds) / whole).toFixed(1)} %`;
    console.log(
      `${share.padStart(7)}  ${seconds.toFixed(3)} s  ${String(calls).padStart(5)}  ${name}`,
    );
  }
}

/** Seconds and calls by operation, from now on. */
function watchOperations() {
  const tf = require("@tensorflow/tfjs-node-gpu");
  const native = tf.backend().binding;
  const watched = Object.fromEntries(
    Object.getOwnPropertyNames(native).map((name) => [name, native[name]]),
  );
  const times = new Map();
  watched.executeOp = (name, ...rest) => {
    const started = performance.now();
    const result = native.executeOp(name, ...rest);
    const row = times.get(name) ?? { calls: 0, seconds: 0 };
    row.calls++;
    row.seconds += (performance.now() - started) / 1000;
    times.set(name, row);
    return result;
  };
  tf.backend().binding = watched;
  return times;
}
