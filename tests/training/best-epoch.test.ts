import assert from "node:assert/strict";
import * as fs from "node:fs";
import { after, test } from "node:test";
import type { SentenceEncoder, Weights } from "mrl/encoder";
import { fineTune, type FineTuneResult } from "mrl/training";
import { copyWeights, createRunFolder, openModel, options, pairs, removeFolders } from "./tiny-run";

after(removeFolders);

interface Outcome {
  result: FineTuneResult;
  model: SentenceEncoder;
  /** Weights after each epoch. */
  epochs: Map<string, Weights>[];
}

/** A run whose evaluation gives these values, epoch by epoch. */
async function runWith(
  values: number[],
  outputDir: string | undefined,
  keepEpochs?: number,
): Promise<Outcome> {
  const model = await openModel();
  const epochs: Map<string, Weights>[] = [];
  const result = await fineTune(model, pairs, {
    ...options,
    epochs: values.length,
    outputDir,
    keepEpochs,
    evaluate: (evaluated) => {
      epochs.push(copyWeights(evaluated));
      return Promise.resolve({ quality: values[epochs.length - 1], other: epochs.length });
    },
    selectBy: "quality",
  });
  return { result, model, epochs };
}

test("the model ends with the best epoch's weights; a tie goes to the earlier epoch", async () => {
  const { result, model, epochs } = await runWith([0.5, 0.7, 0.7, 0.6], createRunFolder());
  assert.equal(result.bestEpoch, 2);
  assert.deepEqual(copyWeights(model), epochs[1]);
  assert.notDeepEqual(epochs[1], epochs[2]);
  assert.deepEqual(
    result.evaluations.map(({ epoch, metrics }) => [epoch, metrics.quality]),
    [
      [1, 0.5],
      [2, 0.7],
      [3, 0.7],
      [4, 0.6],
    ],
  );
});

test("without a folder the model ends with the best epoch's weights too", async () => {
  const { result, model, epochs } = await runWith([0.5, 0.7, 0.6], undefined);
  assert.equal(result.bestEpoch, 2);
  assert.deepEqual(copyWeights(model), epochs[1]);
});

test("the newest epochs and the best one stay in the run's folder", async () => {
  const outputDir = createRunFolder();
  await runWith([0.5, 0.9, 0.3, 0.2, 0.1], outputDir, 2);
  const kept = fs.readdirSync(outputDir).filter((name) => name.startsWith("epoch-"));
  assert.deepEqual(kept.sort(), ["epoch-2", "epoch-4", "epoch-5"]);
});

test("without evaluation there is no best epoch, and the last weights stay", async () => {
  const outputDir = createRunFolder();
  const model = await openModel();
  const result = await fineTune(model, pairs, { ...options, epochs: 2, outputDir });
  assert.equal(result.bestEpoch, null);
  assert.deepEqual(
    result.evaluations.map(({ metrics }) => metrics),
    [{}, {}],
  );
});

test("a metric that evaluate does not give is refused, with those that it gives", async () => {
  const evaluate = (): Promise<Record<string, number>> => Promise.resolve({ a: 1, b: 2 });
  const run = { ...options, epochs: 1, evaluate, selectBy: "c" };
  for (const outputDir of [createRunFolder(), undefined]) {
    const refused = fineTune(await openModel(), pairs, { ...run, outputDir });
    await assert.rejects(refused, { message: 'selectBy is "c"; evaluate gives a, b' });
  }
});

test("evaluate without selectBy is refused before anything is trained", async () => {
  const evaluate = (): Promise<Record<string, number>> => assert.fail("evaluated");
  const refused = fineTune(await openModel(), pairs, { ...options, evaluate });
  await assert.rejects(refused, /selectBy is undefined; allowed: a metric of evaluate/);
});
