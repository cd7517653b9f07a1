import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { TrainingPass, loadModel, type Weights } from "mrl/encoder";
import { writeTinyModel } from "./tiny-model";

const TEXTS = 600;
const LAYER = "encoder.layer.0";

/** Embeddings of texts of one token by a model of one layer, whose weights `change` sets. */
async function embedTokens(
  rates: { hidden: number; attention: number },
  change: (fill: (name: string, value: number) => void, weights: Map<string, Weights>) => void,
): Promise<number[][]> {
  const folder = writeTinyModel("bert", {
    config: {
      num_hidden_layers: 1,
      hidden_dropout_prob: rates.hidden,
      attention_probs_dropout_prob: rates.attention,
    },
    weights: (weights) => change((name, value) => weights.get(name)!.data.fill(value), weights),
  });
  const model = await loadModel(folder, { precision: "f32" });
  const pass = new TrainingPass(model, { dropoutKey: [4] });
  const embeddings = await pass.embed(Array.from({ length: TEXTS }, (_, i) => [4 + (i % 30)]));
  const rows = embeddings.arraySync();
  embeddings.dispose();
  pass.dispose();
  model.dispose();
  fs.rmSync(folder, { recursive: true });
  return rows;
}

/** Nothing comes into the layer: its input is 0. */
function silenceInput(fill: (name: string, value: number) => void): void {
  ["weight", "bias"].forEach((part) => fill(`embeddings.LayerNorm.${part}`, 0));
}

function passNorm(fill: (name: string, value: number) => void, name: string): void {
  fill(`${name}.weight`, 1);
  fill(`${name}.bias`, 0);
}

/** The layer adds attention's context, `value` everywhere, to an input of 0, and nothing more. */
function attendTo(
  value: number,
  fill: (name: string, value: number) => void,
  weights: Map<string, Weights>,
): void {
  silenceInput(fill);
  fill(`${LAYER}.attention.self.value.weight`, 0);
  fill(`${LAYER}.attention.self.value.bias`, value);
  const { data, shape } = weights.get(`${LAYER}.attention.output.dense.weight`)!;
  data.forEach((_, i) => (data[i] = i % (shape[0] + 1) === 0 ? 1 : 0));
  passNorm(fill, `${LAYER}.attention.output.LayerNorm`);
  fill(`${LAYER}.output.dense.weight`, 0);
  fill(`${LAYER}.output.dense.bias`, 0);
  passNorm(fill, `${LAYER}.output.LayerNorm`);
}

/** ±1 by turns, so that kept and dropped values stand out from each other in a normalised vector. */
function alternate(weights: Map<string, Weights>, name: string): void {
  const { data } = weights.get(name)!;
  data.forEach((_, i) => (data[i] = i % 2 === 0 ? 1 : -1));
}

/**
 * Checks rows that are (b + m·k) normalised, with b = ±1, m = 0 or 1, k = 0.5 / (1 − rate): values on four levels,
 * of which the two upper ones are k apart and the two in the middle 2 − k.
 */
function checkLevels(rows: number[][], rate: number): void {
  const k = 0.5 / (1 - rate);
  const levels = rows.map((row) =>
    [...new Set(row.map((value) => Number(value.toFixed(4))))].sort((a, b) => b - a),
  );
  const complete = levels.filter((values) => values.length === 4);
  assert.ok(complete.length > TEXTS / 10, `${complete.length}`);
  for (const [top, second, third] of complete) {
    const ratio = (top - second) / (second - third);
    assert.ok(Math.abs(ratio - k / (2 - k)) < 2e-3, `${ratio}, expected ${k / (2 - k)}`);
  }
}

for (const rate of [0.1, 0.4]) {
  test(`a hidden rate of ${rate} drops that share of the values`, async () => {
    // The last dense layer gives 1 everywhere and nothing is added: normalised, a value is negative where dropped.
    const rows = await embedTokens({ hidden: rate, attention: 0 }, (fill) => {
      silenceInput(fill);
      ["weight", "bias"].forEach((part) => fill(`${LAYER}.attention.output.LayerNorm.${part}`, 0));
      fill(`${LAYER}.output.dense.weight`, 0);
      fill(`${LAYER}.output.dense.bias`, 1);
      passNorm(fill, `${LAYER}.output.LayerNorm`);
    });
    const values = rows.flat();
    const dropped = values.filter((value) => value < -0.1).length / values.length;
    // 9600 draws: a standard deviation of 0.005 at most.
    assert.ok(Math.abs(dropped - rate) < 0.02, `${dropped}`);
  });

  test(`an attention rate of ${rate} drops that share of the probabilities`, async () => {
    // A lone token attends to itself with probability 1, in each of two heads, and the value is 1: normalised, the
    // vector is not 0 exactly where one head was dropped and the other kept, of chance 2·rate·(1 − rate).
    const rows = await embedTokens({ hidden: 0, attention: rate }, (fill, weights) => {
      attendTo(1, fill, weights);
      fill(`${LAYER}.attention.output.dense.bias`, 0);
    });
    const one = rows.filter((row) => Math.max(...row) > 0.5).length / TEXTS;
    // 600 draws: a standard deviation of 0.02 at most.
    assert.ok(Math.abs(one - 2 * rate * (1 - rate)) < 0.07, `${one}`);
  });

  test(`kept values are divided by 1 - ${rate}, in the hidden states`, async () => {
    const rows = await embedTokens({ hidden: rate, attention: 0 }, (fill, weights) => {
      fill(`${LAYER}.attention.output.LayerNorm.weight`, 0);
      alternate(weights, `${LAYER}.attention.output.LayerNorm.bias`);
      fill(`${LAYER}.output.dense.weight`, 0);
      fill(`${LAYER}.output.dense.bias`, 0.5);
      passNorm(fill, `${LAYER}.output.LayerNorm`);
    });
    checkLevels(rows, rate);
  });

  test(`kept values are divided by 1 - ${rate}, in the attention probabilities`, async () => {
    const rows = await embedTokens({ hidden: 0, attention: rate }, (fill, weights) => {
      attendTo(0.5, fill, weights);
      alternate(weights, `${LAYER}.attention.output.dense.bias`);
    });
    checkLevels(rows, rate);
  });
}
