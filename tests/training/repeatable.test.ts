import assert from "node:assert/strict";
import { after, test } from "node:test";
import { evaluateRetrieval } from "mrl/evaluation";
import { findBaseModel, loadModel, type SentenceEncoder } from "mrl/encoder";
import { fineTune, type FineTuneOptions, type FineTuneResult, type Pair } from "mrl/training";
import { readSamplePairs } from "../parity/request";
import { collect, copyWeights, createRunFolder, openModel, options, pairs } from "./tiny-run";
import { removeFolders } from "./tiny-run";

after(removeFolders);

/** Metrics of the pairs' own passages, at two dims. */
function evaluateOn(own: readonly Pair[], dims: number[]): FineTuneOptions["evaluate"] {
  const set = {
    queries: new Map(own.map(({ question }, i) => [`q${i}`, question])),
    corpus: new Map(own.map(({ chunkId, text }) => [`c${chunkId}`, text])),
    relevant: new Map(own.map(({ chunkId }, i) => [`q${i}`, new Set([`c${chunkId}`])])),
  };
  return async (model) => (await evaluateRetrieval(model, set, { dims })).metrics;
}

/** All that a run computes: losses, rates, gradient norms, metrics, weights. */
async function record(
  model: SentenceEncoder,
  own: readonly Pair[],
  run: FineTuneOptions,
): Promise<{ updates: number[][]; result: FineTuneResult; weights: object }> {
  const { events, onEvent } = collect("update");
  const result = await fineTune(model, own, { ...run, onEvent });
  const updates = events.map(({ loss, lr, gradientNorm, tokens }) => [
    loss,
    lr,
    gradientNorm,
    tokens,
  ]);
  const weights = copyWeights(model);
  model.dispose();
  return { updates, result, weights };
}

const evaluated = {
  ...options,
  evaluate: evaluateOn(pairs, [16, 4]),
  selectBy: "dim_16_cosine_ndcg@10",
};

test("one seed gives the same losses, gradients, metrics and weights, bit for bit", async () => {
  const first = await record(await openModel(), pairs, evaluated);
  assert.deepEqual(await record(await openModel(), pairs, evaluated), first);
  const other = await record(await openModel(), pairs, { ...evaluated, seed: 8 });
  assert.notDeepEqual(other.updates, first.updates);
  assert.ok(Object.keys(first.result.evaluations[0].metrics).length === 30);
});

test("a run that is stopped after every update, and resumed each time, ends as the uninterrupted one", async () => {
  const run = { ...evaluated, accumulation: 2 };
  const whole = await record(await openModel(), pairs, run);
  const outputDir = createRunFolder();
  for (let done = 1; done <= whole.result.updates; done++) {
    const stop = new AbortController();
    const model = await openModel();
    const stopped = fineTune(model, pairs, {
      ...{ ...run, outputDir, resume: true, signal: stop.signal },
      onEvent: (event) => {
        if (event.type === "update") stop.abort(new Error("enough"));
      },
    });
    // The last update's run ends by itself where nothing comes after it.
    if (done < whole.result.updates) await assert.rejects(stopped, /enough/);
    else await stopped.catch((error: Error) => assert.match(error.message, /enough/));
    model.dispose();
  }
  const { result, weights, updates } = await record(await openModel(), pairs, {
    ...{ ...run, outputDir, resume: true },
  });
  assert.equal(updates.length, 0);
  assert.deepEqual(result, whole.result);
  assert.deepEqual(weights, whole.weights);
});

test("MiniLM in float32: the same seed gives the same, bit for bit, over more than one thread", async () => {
  const own = readSamplePairs().slice(0, 4);
  const base = findBaseModel("all-MiniLM-L6-v2", process.cwd());
  const run: FineTuneOptions = {
    ...{ epochs: 1, batchSize: 2, dims: [384, 64], lr: 1e-4, warmup: 0, maxUpdates: 2 },
    ...{ evaluate: evaluateOn(own, [384, 64]), selectBy: "dim_64_cosine_ndcg@10" },
  };
  const once = async (): Promise<object> =>
    record(await loadModel(base, { precision: "f32" }), own, run);
  assert.deepEqual(await once(), await once());
});
