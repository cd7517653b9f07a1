import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { createRandom } from "mrl/common";
import { loadModel, type SentenceEncoder, type TrainingPassOptions } from "mrl/encoder";
import { length, runForward, runPass } from "./run-pass";
import { writeTinyModel, type Changes, type Kind } from "./tiny-model";

/** Step of the differences, by the length of the parameter's change. */
const STEP = 4e-3;

/** Slope of the loss along a direction of length 1 in one parameter, by central differences of fourth order. */
async function slope(
  model: SentenceEncoder,
  options: TrainingPassOptions,
  name: string,
  direction: Float32Array,
): Promise<number> {
  const { parameters } = model;
  const start = parameters.get(name).dataSync<"float32">().slice();
  const shape = parameters.get(name).shape;
  const lossAt = (step: number): Promise<number> => {
    parameters.set(
      name,
      tf.tensor(
        start.map((value, i) => value + step * direction[i]),
        shape,
      ),
    );
    return runForward(model, options);
  };
  const near = (await lossAt(STEP)) - (await lossAt(-STEP));
  const far = (await lossAt(2 * STEP)) - (await lossAt(-2 * STEP));
  parameters.set(name, tf.tensor(start, shape));
  return (8 * near - far) / (12 * STEP);
}

/** A direction of length 1: along the gradient where one is given, else random. */
function createDirection(along: Float32Array, seed: number): Float32Array {
  const random = createRandom(seed);
  const values = seed === 0 ? along : along.map(() => random.normal());
  const whole = length(values);
  return values.map((value) => value / whole);
}

async function checkGradients(
  kind: Kind,
  kernels: "native" | "composed",
  options: TrainingPassOptions,
  changes: Changes = {},
): Promise<void> {
  const folder = writeTinyModel(kind, changes);
  const model = await loadModel(folder, { precision: "f32", kernels });
  const { gradients } = await runPass(model, options);
  assert.deepEqual([...gradients.keys()].sort(), model.parameters.names().sort());
  for (const [index, [name, gradient]] of [...gradients].entries()) {
    const size = length(gradient);
    // Adding a constant to every key changes no softmax: the one gradient that is 0.
    if (/(key|\.k)\.bias$/.test(name)) {
      assert.ok(size < 1e-5, `${name}: ${size}`);
      continue;
    }
    assert.ok(size > 0.1, `${name} has the gradient ${size}`);
    for (const seed of [0, 1 + index]) {
      const direction = createDirection(gradient, seed);
      const expected = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      const found = await slope(model, options, name, direction);
      const error = Math.abs(found - expected);
      // float32 leaves about 1e-6 of a loss near 10, divided by the step.
      assert.ok(error < 5e-3 * size + 1e-3, `${name} (${seed}): ${found}, expected ${expected}`);
    }
  }
  model.dispose();
  fs.rmSync(folder, { recursive: true });
}

for (const kind of ["bert", "mpnet"] as const) {
  for (const kernels of ["native", "composed"] as const) {
    test(`${kind}, ${kernels}: every gradient is the slope that central differences find`, async () => {
      await checkGradients(kind, kernels, { dropoutKey: null });
    });

    test(`${kind}, ${kernels}: every gradient is the slope of the loss under its own dropout`, async () => {
      await checkGradients(kind, kernels, { dropoutKey: [3, 1] });
    });

    test(`${kind}, ${kernels}: every gradient is the slope with pooling by the first token`, async () => {
      const changes = { pooling: { pooling_mode: "cls" } };
      await checkGradients(kind, kernels, { dropoutKey: null }, changes);
    });
  }
}
