import assert from "node:assert/strict";
import * as path from "node:path";
import { after, test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError, readJson, readJsonLines, sha256 } from "mrl/common";
import { TrainingPass } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { cosineSchedule, fineTune, globalNorm, measureLoss } from "mrl/training";
import { planEpoch, trainBatch, type FineTuneOptions } from "mrl/training";
import {
  collect,
  copyWeights,
  createRunFolder,
  openModel,
  options,
  pairs,
  removeFolders,
} from "./tiny-run";

const loss = matryoshka(multipleNegativesRanking(), options.dims);
after(removeFolders);

for (const [dropout, share] of [
  [true, 0.75],
  [false, 0.2],
] as const) {
  test(`training lowers the loss of a fixed batch, dropout ${dropout ? "on" : "off"}`, async () => {
    const model = await openModel();
    const batch = pairs.slice(0, 12);
    const before = await measureLoss(model, batch, loss);
    const { updates } = await fineTune(model, pairs, {
      ...options,
      epochs: 20,
      batchSize: 6,
      dropout,
    });
    const after = await measureLoss(model, batch, loss);
    assert.ok(updates >= 80, `${updates}`);
    // Less than what vectors that are all alike would cost: ln 12 in each of the three dims.
    assert.ok(after < 3 * Math.log(12) && after < share * before, `${after}, ${before} before`);
  });
}

test("updates are counted through, each with the schedule's rate and the length of its gradient", async () => {
  const { events, onEvent } = collect("update");
  const { updates } = await fineTune(await openModel(), pairs, { ...options, onEvent });
  assert.equal(events.length, updates);
  events.forEach((event, i) => {
    assert.equal(event.update, i + 1);
    assert.equal(event.lr, options.lr * cosineSchedule(i, updates, 0.1));
    assert.ok(event.tokens > 0 && event.seconds >= 0);
  });
  // A batch that happens to be a lone pair has neither loss nor gradient; the others have both.
  const learning = events.filter(({ loss, gradientNorm }) => loss > 0.01 && gradientNorm > 0.01);
  assert.ok(learning.length >= 12, `${learning.length}`);
  assert.ok(Math.abs(events.at(-1)!.epoch - options.epochs) < 1e-9);
});

test("the first update's rate is 0 and changes no weight", async () => {
  const model = await openModel();
  const before = copyWeights(model);
  const { updates } = await fineTune(model, pairs, { ...options, maxUpdates: 1 });
  assert.equal(updates, 1);
  assert.deepEqual(copyWeights(model), before);
});

test("one seed gives the same weights; another seed, or no dropout, gives others", async () => {
  const run = async (change: Partial<FineTuneOptions>): Promise<object> => {
    const model = await openModel();
    await fineTune(model, pairs, { ...options, epochs: 2, ...change });
    return copyWeights(model);
  };
  const first = await run({});
  assert.deepEqual(await run({}), first);
  assert.notDeepEqual(await run({ seed: 8 }), first);
  assert.notDeepEqual(await run({ dropout: false }), first);
});

test("an update of two batches has the mean of their losses and gradients", async () => {
  const model = await openModel();
  const batches = planEpoch(pairs, 8, options.seed!, 0).slice(0, 2);
  const losses: number[] = [];
  const sums = new Map<string, tf.Tensor>();
  for (const batch of batches) {
    const pass = new TrainingPass(model, { dropoutKey: null });
    const chosen = batch.map((i) => pairs[i]);
    losses.push((await trainBatch(model, pass, chosen, loss)).loss);
    for (const [name, gradient] of pass.finish().entries()) {
      const half = tf.mul(gradient, 0.5);
      sums.set(name, sums.has(name) ? tf.add(sums.get(name)!, half) : half);
    }
  }
  const { events, onEvent } = collect("update");
  const accumulation = { accumulation: 2, dropout: false, maxUpdates: 1, onEvent };
  await fineTune(model, pairs, { ...options, ...accumulation });
  const [event] = events;
  assert.ok(Math.abs(event.loss - (losses[0] + losses[1]) / 2) < 1e-5);
  const expected = globalNorm(sums);
  assert.ok(Math.abs(event.gradientNorm / expected - 1) < 1e-5, `${event.gradientNorm}`);
});

test("a run leaves no tensors behind beyond the model's", async () => {
  const model = await openModel();
  const before = tf.memory().numTensors;
  await fineTune(model, pairs, { ...options, epochs: 1 });
  assert.equal(tf.memory().numTensors, before);
});

interface Settings {
  options: Record<string, unknown>;
  precision: string;
  device: string;
  data: { pairs: number; sha256: string };
  versions: { node: string; tensorflow: string };
}

test("a run's folder tells its settings, data, versions, device, precision, and every event with its time", async () => {
  const outputDir = createRunFolder();
  const { events, onEvent } = collect("update");
  await fineTune(await openModel(), pairs, { ...options, epochs: 1, outputDir, onEvent });
  const model = await openModel();
  const settings = readJson<Settings>(path.join(outputDir, "settings.json"));
  const { epochs, batchSize, lr, seed } = settings.options;
  assert.deepEqual([epochs, batchSize, lr, seed], [1, 8, options.lr, options.seed]);
  assert.deepEqual([settings.precision, settings.device], [model.precision, model.device]);
  assert.equal(settings.data.pairs, pairs.length);
  assert.equal(settings.data.sha256, sha256(JSON.stringify(pairs)));
  assert.equal(settings.versions.node, process.version);
  assert.match(settings.versions.tensorflow, /^2\.\d+/);
  const file = path.join(outputDir, "events.jsonl");
  const recorded = readJsonLines<{ type: string; time: string }>(file);
  assert.ok(recorded.every(({ time }) => Math.abs(Date.now() - Date.parse(time)) < 600_000));
  const lines = recorded.map(({ type }) => type);
  assert.equal(lines[0], "start");
  assert.equal(lines.at(-1), "end");
  assert.equal(lines.filter((type) => type === "update").length, events.length);
});

for (const [name, value] of [
  ["batchSize", 1],
  ["batchSize", 2.5],
  ["epochs", 0],
  ["accumulation", 0],
  ["lr", 0],
  ["lr", NaN],
  ["warmup", 1],
] as const) {
  test(`${name} ${value} is refused by name, with what is allowed`, async () => {
    const refused = fineTune(await openModel(), pairs, { ...options, [name]: value });
    await assert.rejects(refused, (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.ok(error.message.startsWith(`${name} is ${value}; allowed: `), error.message);
      return true;
    });
  });
}

test("a dim beyond the model, and a single pair, are refused", async () => {
  const model = await openModel();
  await assert.rejects(fineTune(model, pairs, { ...options, dims: [32] }), /dim is 32; .* 1 to 16/);
  await assert.rejects(fineTune(model, pairs.slice(0, 1), options), /number of pairs is 1/);
});
