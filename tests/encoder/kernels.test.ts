import assert from "node:assert/strict";
import * as fs from "node:fs";
import { after, test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { createRandom } from "mrl/common";
import { TrainingPass, createOptimizerKernels, loadModel, type LoadOptions } from "mrl/encoder";
import { distance, length, runPass } from "./run-pass";
import { writeText, writeTinyModel, type Kind } from "./tiny-model";

const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

/** Loss and gradients of the tiny model without dropout. */
async function passOf(kind: Kind, options: LoadOptions): ReturnType<typeof runPass> {
  folders.push(writeTinyModel(kind));
  const model = await loadModel(folders.at(-1)!, options);
  const result = await runPass(model, { dropoutKey: null });
  model.dispose();
  return result;
}

for (const kind of ["bert", "mpnet"] as const) {
  test(`${kind}: our own operations give the loss and gradients of TensorFlow's`, async () => {
    const native = await passOf(kind, { precision: "f32", kernels: "native" });
    const composed = await passOf(kind, { precision: "f32", kernels: "composed" });
    assert.ok(Math.abs(native.loss / composed.loss - 1) < 1e-5, `${native.loss}, ${composed.loss}`);
    assert.ok(distance(composed.gradients, native.gradients) < 1e-5);
    assert.ok(length(Float32Array.from([...native.gradients.values()].map(length))) > 1);
  });

  for (const kernels of ["native", "composed"] as const) {
    test(`${kind}, ${kernels}: bf16 gives loss and gradients near those of f32, but not the same`, async () => {
      const exact = await passOf(kind, { precision: "f32", kernels });
      const rounded = await passOf(kind, { precision: "bf16", kernels });
      // bfloat16 has 8 significant bits: 2^-9 = 0.002 an operand, and some of that adds up over two layers.
      assert.ok(Math.abs(rounded.loss / exact.loss - 1) < 0.05, `${rounded.loss}, ${exact.loss}`);
      assert.ok(distance(exact.gradients, rounded.gradients) < 0.05);
      assert.notEqual(rounded.loss, exact.loss);
    });
  }
}

/** A tiny model for texts of up to 150 tokens. */
function writeLongModel(kind: Kind): string {
  const table = "embeddings.position_embeddings.weight";
  const rows = 160;
  return writeTinyModel(kind, {
    config: { max_position_embeddings: rows },
    maxTokens: 150,
    weights: (weights) => {
      const random = createRandom(11);
      const data = Float32Array.from({ length: rows * 16 }, () => 0.3 * random.normal());
      weights.set(table, { shape: [rows, 16], data });
    },
  });
}

for (const kind of ["bert", "mpnet"] as const) {
  test(`${kind}: also for texts at and beyond the 48 rows of scores that are computed at a time`, async () => {
    folders.push(writeLongModel(kind));
    const results = [];
    for (const kernels of ["native", "composed"] as const) {
      const model = await loadModel(folders.at(-1)!, { precision: "f32", kernels });
      // Two special tokens each: 3, 47, 48, 49 and 150 tokens.
      const texts = [1, 45, 46, 47, 148].map((n, i) => writeText(n, i));
      const pass = new TrainingPass(model, { dropoutKey: null });
      const embeddings = await pass.embed(texts.map((text) => model.tokenizer.encode(text)));
      await pass.backward(tf.sin(tf.mul(embeddings, 40)));
      const gradients = pass.finish();
      const read = gradients
        .entries()
        .map(([name, sum]): [string, Float32Array] => [name, sum.dataSync<"float32">().slice()]);
      results.push({
        embeddings: embeddings.dataSync<"float32">().slice(),
        gradients: new Map(read),
      });
      tf.dispose(embeddings);
      gradients.dispose();
      model.dispose();
    }
    const [native, composed] = results;
    const errors = native.embeddings.map((value, i) => Math.abs(value - composed.embeddings[i]));
    assert.ok(Math.max(...errors) < 1e-5, `${Math.max(...errors)}`);
    const difference = distance(composed.gradients, native.gradients);
    assert.ok(difference < 2e-5, `${difference}`);
  });
}

test("native AdamW and sum of squares are the composed ones, also beyond one piece of work", () => {
  const random = createRandom(7);
  const draw = (): tf.Tensor =>
    tf.tensor(Float32Array.from({ length: 70_001 }, () => random.normal()));
  const [value, mean, gradient] = [draw(), draw(), draw()];
  const square = tf.add(tf.square(draw()), 0.1);
  const constants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const step = { factor: 0.5, rate: 0.01, root: 1.5, decay: 0.99, ...constants };
  const [native, composed] = (["native", "composed"] as const).map(createOptimizerKernels);
  const found = native.adamW({ value, mean, square }, gradient, step);
  const expected = composed.adamW({ value, mean, square }, gradient, step);
  for (const part of ["value", "mean", "square"] as const) {
    const scale = tf.add(tf.abs(expected[part]), 1);
    const errors = tf.div(tf.abs(tf.sub(found[part], expected[part])), scale);
    const difference = tf.max(errors).dataSync()[0];
    assert.ok(difference < 1e-6, `${part}: ${difference}`);
  }
  const [a, b] = [native, composed].map((kernels) => kernels.sumOfSquares(value).dataSync()[0]);
  assert.ok(Math.abs(a / b - 1) < 1e-5, `${a}, ${b}`);
});

test("one seed gives the same gradients bit for bit, dropout on, in repeated passes", async () => {
  folders.push(writeTinyModel("mpnet"));
  const model = await loadModel(folders.at(-1)!, { precision: "f32" });
  const first = await runPass(model, { dropoutKey: [9, 9] });
  const second = await runPass(model, { dropoutKey: [9, 9] });
  assert.deepEqual(second, first);
  model.dispose();
});
