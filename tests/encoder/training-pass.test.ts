import assert from "node:assert/strict";
import * as fs from "node:fs";
import { after, before, test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { TrainingPass, loadModel, type SentenceEncoder } from "mrl/encoder";
import { distance, runForward, runPass, tokenise } from "./run-pass";
import { writeTinyModel, type Kind } from "./tiny-model";

const kinds = ["bert", "mpnet"] as const;
const models = {} as Record<Kind, SentenceEncoder>;
const folders: string[] = [];

before(async () => {
  for (const kind of kinds) {
    const folder = writeTinyModel(kind);
    folders.push(folder);
    models[kind] = await loadModel(folder, { precision: "f32" });
  }
});
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

for (const kind of kinds) {
  test(`${kind}: the size of the micro-batches changes neither loss nor gradients`, async () => {
    const whole = await runPass(models[kind], { dropoutKey: null });
    for (const maxBatchTokens of [1, 15, 24]) {
      const cut = await runPass(models[kind], { dropoutKey: null, maxBatchTokens });
      assert.ok(Math.abs(cut.loss / whole.loss - 1) < 1e-5, `${cut.loss}, ${whole.loss}`);
      assert.ok(distance(whole.gradients, cut.gradients) < 1e-5);
    }
  });

  test(`${kind}: activations computed again give the gradients of kept ones bit for bit, dropout on`, async () => {
    const options = { dropoutKey: [5, 2], maxBatchTokens: 24 };
    const kept = await runPass(models[kind], options);
    const again = await runPass(models[kind], { ...options, maxStashBytes: 0 });
    assert.equal(again.loss, kept.loss);
    assert.deepEqual(again.gradients, kept.gradients);
  });

  test(`${kind}: two batches in a pass add their gradients, and finish multiplies the sum`, async () => {
    const model = models[kind];
    const once = await runPass(model, { dropoutKey: null });
    const pass = new TrainingPass(model, { dropoutKey: null });
    for (const part of [1, 3]) {
      const embeddings = await pass.embed(tokenise(model));
      const d = tf.fill<tf.Rank.R2>(embeddings.shape, part);
      await pass.backward(d);
      tf.dispose([embeddings, d]);
    }
    const twice = pass.finish(1 / 4);
    const single = new TrainingPass(model, { dropoutKey: null });
    const embeddings = await single.embed(tokenise(model));
    await single.backward(tf.ones(embeddings.shape));
    const plain = single.finish();
    const read = (sums: typeof twice): Map<string, Float32Array> =>
      new Map(sums.entries().map(([name, sum]) => [name, sum.dataSync<"float32">().slice()]));
    assert.equal(read(plain).size, once.gradients.size);
    assert.ok(distance(read(plain), read(twice)) < 1e-5);
    [twice, plain].forEach((sums) => sums.dispose());
  });

  test(`${kind}: a pass leaves as many tensors as it found, finished or given up`, async () => {
    const model = models[kind];
    for (const maxStashBytes of [0, 1e9]) {
      const before = tf.memory().numTensors;
      await runPass(model, { dropoutKey: [1], maxBatchTokens: 24, maxStashBytes });
      assert.equal(tf.memory().numTensors, before);
      const pass = new TrainingPass(model, { dropoutKey: [1], maxStashBytes });
      (await pass.embed(tokenise(model))).dispose();
      pass.dispose();
      assert.equal(tf.memory().numTensors, before);
    }
  });

  test(`${kind}: the weights stay as they are`, async () => {
    const before = structuredClone(models[kind].parameters.read());
    await runPass(models[kind], { dropoutKey: [1] });
    assert.deepEqual(models[kind].parameters.read(), before);
  });

  test(`${kind}: dropout is on: another key, another loss; the same key, the same`, async () => {
    const plain = await runForward(models[kind], { dropoutKey: null });
    const losses = [];
    for (const key of [
      [1, 1],
      [1, 1],
      [1, 2],
      [2, 1],
    ]) {
      losses.push(await runForward(models[kind], { dropoutKey: key }));
    }
    assert.equal(losses[0], losses[1]);
    assert.equal(new Set([plain, ...losses]).size, 4);
  });
}

test("a stopped pass ends with the signal's reason and frees what it held", async () => {
  const before = tf.memory().numTensors;
  const signal = AbortSignal.abort(new Error("enough"));
  const pass = new TrainingPass(models.bert, { dropoutKey: null, signal });
  await assert.rejects(pass.embed(tokenise(models.bert)), /enough/);
  pass.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test("a pass stopped between micro-batches keeps no embeddings of those before", async () => {
  const before = tf.memory().numTensors;
  const stop = new AbortController();
  const options = { dropoutKey: null, signal: stop.signal, maxBatchTokens: 1 };
  const pass = new TrainingPass(models.bert, options);
  const embedding = pass.embed(tokenise(models.bert));
  setImmediate(() => stop.abort(new Error("enough")));
  await assert.rejects(embedding, /enough/);
  pass.dispose();
  assert.equal(tf.memory().numTensors, before);
});
