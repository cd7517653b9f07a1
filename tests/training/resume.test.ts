import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, test } from "node:test";
import { InputError, readJson } from "mrl/common";
import { loadModel, type Weights } from "mrl/encoder";
import { fineTune, readUpdates, type FineTuneOptions, type TrainingEvent } from "mrl/training";
import { writeTinyModel } from "../encoder/tiny-model";
import {
  collect,
  copyWeights,
  createRunFolder,
  openModel,
  options,
  pairs,
  removeFolders,
} from "./tiny-run";

after(removeFolders);
const evaluated: Partial<FineTuneOptions> = {
  evaluate: async (model) => ({ first: (await model.encode(["w1 w2"]))[0][0] }),
  selectBy: "first",
};

/** A whole run's weights, evaluations and number of updates. */
async function runWhole(): Promise<{ weights: Map<string, Weights>; result: object }> {
  const model = await openModel();
  const outputDir = createRunFolder();
  const result = await fineTune(model, pairs, { ...options, ...evaluated, outputDir });
  return { weights: copyWeights(model), result };
}

/** Starts a run that is stopped after so many updates: by its signal, or by a listener that throws. */
async function runStopped(
  outputDir: string,
  updates: number,
  how: "signal" | "throw",
  more: Partial<FineTuneOptions> = {},
): Promise<void> {
  const stop = new AbortController();
  const onEvent = (event: TrainingEvent): void => {
    if (event.type !== "update" || event.update !== updates) return;
    if (how === "throw") throw new Error("enough");
    stop.abort(new Error("enough"));
  };
  const run = { ...options, ...evaluated, outputDir, signal: stop.signal, onEvent, ...more };
  await assert.rejects(fineTune(await openModel(), pairs, run), /enough/);
}

for (const [how, updates] of [
  ["signal", 1],
  ["signal", 5],
  ["signal", 6],
  ["throw", 5],
] as const) {
  test(`a run stopped by ${how} after update ${updates} and resumed ends as the uninterrupted one, bit for bit`, async () => {
    const whole = await runWhole();
    const outputDir = createRunFolder();
    await runStopped(outputDir, updates, how);
    const model = await openModel();
    const { events, onEvent } = collect("start");
    const resumed = { ...options, ...evaluated, outputDir, resume: true, onEvent };
    const result = await fineTune(model, pairs, resumed);
    assert.equal(events[0].done, updates);
    assert.deepEqual(copyWeights(model), whole.weights);
    assert.deepEqual(result, whole.result);
  });
}

test("a half-written checkpoint is passed over for the whole one before", async () => {
  const whole = await runWhole();
  const outputDir = createRunFolder();
  await runStopped(outputDir, 5, "signal");
  // What a kill leaves while the checkpoint of update 6 is written: weights, but no state yet.
  const half = path.join(outputDir, "resume-6");
  fs.mkdirSync(half);
  fs.writeFileSync(path.join(half, "model.safetensors"), "half");
  const model = await openModel();
  await fineTune(model, pairs, { ...options, ...evaluated, outputDir, resume: true });
  assert.deepEqual(copyWeights(model), whole.weights);
});

test("a checkpoint that is there is not written again: a kill beside it loses nothing", async () => {
  const outputDir = createRunFolder();
  const saves: string[] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type !== "checkpoint") return;
    const written = fs.statSync(path.join(event.folder, "optimizer.safetensors")).mtimeMs;
    saves.push(`${event.update} ${written}`);
  };
  // Every update is saved, so the epochs' ends are saved twice.
  const often = { checkpointMinutes: 0, epochs: 2, outputDir, onEvent };
  const { evaluations } = await fineTune(await openModel(), pairs, {
    ...options,
    ...evaluated,
    ...often,
  });
  for (const { update } of evaluations) {
    const ofUpdate = saves.filter((save) => save.startsWith(`${update} `));
    assert.equal(ofUpdate.length, 2);
    assert.equal(ofUpdate[0], ofUpdate[1]);
  }
});

test("a run whose listener fails at an evaluation can be resumed, and the epoch's weights are there", async () => {
  const whole = await runWhole();
  const outputDir = createRunFolder();
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === "evaluation" && event.epoch === 2) throw new Error("no more");
  };
  const run = { ...options, ...evaluated, outputDir };
  await assert.rejects(fineTune(await openModel(), pairs, { ...run, onEvent }), /no more/);
  assert.ok(fs.existsSync(path.join(outputDir, "epoch-2", "model.safetensors")));
  const model = await openModel();
  const result = await fineTune(model, pairs, { ...run, resume: true });
  assert.deepEqual(result, whole.result);
  assert.deepEqual(copyWeights(model), whole.weights);
});

test("a run is not gone on with from another base model, but from the model that it has trained so far", async () => {
  const outputDir = createRunFolder();
  await runStopped(outputDir, 2, "signal");
  const run = { ...options, ...evaluated, outputDir, resume: true };
  const folder = writeTinyModel("bert", { seed: 4 });
  const other = await loadModel(folder);
  await assert.rejects(
    fineTune(other, pairs, run),
    /made with other settings, data or another base/,
  );
  other.dispose();
  fs.rmSync(folder, { recursive: true });
  const whole = await runWhole();
  const model = await openModel();
  await fineTune(model, pairs, { ...options, epochs: 1 });
  await fineTune(model, pairs, run);
  assert.deepEqual(copyWeights(model), whole.weights);
});

test("checkpoints within an epoch come as often as asked, and only the newest stays", async () => {
  const outputDir = createRunFolder();
  const { events, onEvent } = collect("checkpoint");
  const often = { checkpointMinutes: 0, epochs: 1, outputDir, onEvent };
  const { updates } = await fineTune(await openModel(), pairs, { ...options, ...often });
  assert.ok(events.length >= updates, `${events.length}`);
  const kept = fs.readdirSync(outputDir).filter((name) => name.startsWith("resume-"));
  assert.deepEqual(kept, [`resume-${updates}`]);
});

test("resuming a finished run trains no more and gives the same weights", async () => {
  const outputDir = createRunFolder();
  const run = { ...options, ...evaluated, outputDir };
  const first = await openModel();
  await fineTune(first, pairs, run);
  const again = await openModel();
  const { events, onEvent } = collect("update");
  await fineTune(again, pairs, { ...run, resume: true, onEvent });
  assert.equal(events.length, 0);
  assert.deepEqual(copyWeights(again), copyWeights(first));
});

test("a run begun in f32 is not resumed in bf16: the precision to load the model with is named", async () => {
  const outputDir = createRunFolder();
  await runStopped(outputDir, 2, "signal");
  const model = await openModel("bf16");
  const before = copyWeights(model);
  await assert.rejects(
    fineTune(model, pairs, { ...options, ...evaluated, outputDir, resume: true }),
    {
      name: "InputError",
      message: /made in f32, the model computes in bf16; load it with precision: "f32"/,
    },
  );
  assert.deepEqual(copyWeights(model), before);
});

test("resuming with other settings or other pairs is refused, with the way out", async () => {
  const outputDir = createRunFolder();
  await runStopped(outputDir, 2, "signal");
  const resumed = { ...options, ...evaluated, outputDir, resume: true };
  const model = await openModel();
  const before = copyWeights(model);
  for (const run of [
    fineTune(model, pairs, { ...resumed, lr: 1e-3 }),
    fineTune(model, pairs.slice(1), resumed),
  ]) {
    await assert.rejects(run, (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(
        error.message,
        /other settings, data or another base model; use another outputDir, or resume: false/,
      );
      return true;
    });
  }
  assert.deepEqual(copyWeights(model), before);
});

test("without resume a run starts anew, whatever its folder holds", async () => {
  const whole = await runWhole();
  const outputDir = createRunFolder();
  await runStopped(outputDir, 5, "signal");
  const model = await openModel();
  const { events, onEvent } = collect("start");
  await fineTune(model, pairs, { ...options, ...evaluated, outputDir, onEvent });
  assert.equal(events[0].done, 0);
  assert.deepEqual(copyWeights(model), whole.weights);
});

test("a run that starts anew leaves no event of the one before in its folder", async () => {
  const outputDir = createRunFolder();
  await runStopped(outputDir, 5, "signal");
  await fineTune(await openModel(), pairs, { ...options, maxUpdates: 2, outputDir });
  assert.deepEqual(
    readUpdates(outputDir).map(({ update }) => update),
    [1, 2],
  );
});

test("a run that goes on keeps the record of its beginning", async () => {
  const outputDir = createRunFolder();
  await runStopped(outputDir, 5, "signal");
  const file = path.join(outputDir, "settings.json");
  const record = { ...readJson<object>(file), versions: { node: "the first one" } };
  fs.writeFileSync(file, JSON.stringify(record));
  await fineTune(await openModel(), pairs, { ...options, ...evaluated, outputDir, resume: true });
  assert.deepEqual(readJson(file), record);
});
