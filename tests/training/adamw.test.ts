import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { readJson } from "mrl/common";
import { AdamW, globalNorm, type Trainable } from "mrl/training";

/** Made by tests/fixtures/make-adamw.py with PyTorch; versions in the file. */
interface Fixture {
  rates: number[];
  gradients: Record<string, number[]>[];
  runs: { weightDecay: number; values: Record<string, number[]>[] }[];
}

const fixture = readJson<Fixture>(path.join(process.cwd(), "tests/fixtures/adamw.json"));

function createParameters(values: Record<string, number | number[]>): Trainable {
  const tensors = new Map(Object.entries(values).map(([name, v]) => [name, tf.tensor(v)]));
  return {
    names: () => [...tensors.keys()],
    get: (name) => tensors.get(name)!,
    set: (name, tensor) => {
      tensors.get(name)!.dispose();
      tensors.set(name, tensor);
    },
  };
}

function asTensors(gradients: Record<string, number | number[]>): [string, tf.Tensor][] {
  return Object.entries(gradients).map(([name, values]) => [name, tf.tensor(values)]);
}

test("two updates give what a calculation by hand gives", () => {
  // Update 1 with gradient 2: mean 0.2, square 0.004; corrected by 1 − 0.9 and 1 − 0.999 they are 2 and 4, so the
  // value falls by the rate. Update 2 with gradient −1: mean 0.18 − 0.1 = 0.08, square 0.003996 + 0.001 = 0.004996;
  // corrected by 0.19 and 0.001999: 0.421053 and 2.499250, whose ratio to the root is 0.266336.
  const optimizer = new AdamW();
  const parameters = createParameters({ x: 1 });
  optimizer.update(parameters, asTensors({ x: 2 }), 0.1);
  assert.ok(Math.abs(parameters.get("x").dataSync()[0] - 0.9) < 1e-6);
  optimizer.update(parameters, asTensors({ x: -1 }), 0.1);
  assert.ok(Math.abs(parameters.get("x").dataSync()[0] - (0.9 - 0.0266336)) < 1e-6);
});

for (const { weightDecay, values } of fixture.runs) {
  test(`five updates are those of PyTorch's AdamW at a weight decay of ${weightDecay}`, () => {
    const optimizer = new AdamW({ weightDecay });
    const parameters = createParameters(values[0]);
    fixture.rates.forEach((rate, i) => {
      optimizer.update(parameters, asTensors(fixture.gradients[i]), rate);
      for (const [name, expected] of Object.entries(values[i + 1])) {
        const found = parameters.get(name).dataSync();
        expected.flat().forEach((value, at) => {
          assert.ok(Math.abs(found[at] - value) < 1e-6, `${name} ${at}: ${found[at]}, ${value}`);
        });
      }
    });
    assert.notDeepEqual(values.at(-1), values[0]);
  });
}

test("a factor in front of the gradients is the same as smaller gradients", () => {
  const values = [0.5, 0.25].map((share, i) => {
    const parameters = createParameters(fixture.runs[0].values[0]);
    const optimizer = new AdamW();
    for (const gradients of fixture.gradients.slice(1, 4)) {
      const tensors = asTensors(gradients).map(
        ([name, g]) => [name, i === 0 ? tf.mul(g, share) : g] as [string, tf.Tensor],
      );
      optimizer.update(parameters, tensors, 0.01, i === 0 ? 1 : 0.5);
    }
    return [...parameters.get("matrix").dataSync()];
  });
  values[0].forEach((value, i) => assert.ok(Math.abs(value - values[1][i]) < 1e-6));
});

test("a parameter without gradient stays", () => {
  const parameters = createParameters({ a: 1, b: 2 });
  new AdamW({ weightDecay: 0.1 }).update(parameters, asTensors({ a: 1 }), 0.1);
  assert.equal(parameters.get("b").dataSync()[0], 2);
  assert.notEqual(parameters.get("a").dataSync()[0], 1);
});

test("an optimiser that is read and restored goes on bit for bit, and holds two tensors a parameter", () => {
  const after = (restore: boolean): number[] => {
    const parameters = createParameters(fixture.runs[0].values[0]);
    let optimizer = new AdamW();
    for (const [i, gradients] of fixture.gradients.entries()) {
      optimizer.update(parameters, asTensors(gradients), 0.01);
      if (!restore || i !== 2) continue;
      const { steps, moments } = optimizer.read();
      const kept = structuredClone(moments);
      optimizer.dispose();
      optimizer = new AdamW();
      const before = tf.memory().numTensors;
      optimizer.restore(steps, kept);
      assert.equal(tf.memory().numTensors, before + 4);
    }
    return parameters.names().flatMap((name) => [...parameters.get(name).dataSync()]);
  };
  assert.deepEqual(after(true), after(false));
});

test("the global norm is the length of all gradients as one vector", () => {
  // 3² + 4² + 12² = 13².
  assert.equal(globalNorm(asTensors({ a: [3, 0], b: [4, 12] })), 13);
});
