import assert from "node:assert/strict";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { readJson } from "mrl/common";
import { TrainingPass, findBaseModel, loadModel, type SentenceEncoder } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { globalNorm, measureLoss, trainBatch, type Pair } from "mrl/training";

/** Made by tests/fixtures/make-minilm-training.py with sentence-transformers; versions in the file. */
interface Fixture {
  dims: number[];
  pairs: { question: string; text: string }[];
  lengths: [number[], number[]];
  loss: number;
  innerLoss: number;
  gradientNorms: Record<string, number>;
  /** Of each gradient, see {@link project}. */
  gradientProjections: Record<string, number[]>;
  embeddings: [number[][], number[][]];
}

const fixture = readJson<Fixture>(path.join(process.cwd(), "tests/fixtures/minilm-training.json"));
const pairs: Pair[] = fixture.pairs.map((pair, chunkId) => ({ ...pair, chunkId }));
const inner = multipleNegativesRanking();
const loss = matryoshka(inner, fixture.dims);
let model: SentenceEncoder;

before(async () => {
  const folder = findBaseModel("sentence-transformers/all-MiniLM-L6-v2", process.cwd());
  model = await loadModel(folder, { precision: "f32" });
});
after(() => model.dispose());

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, PyTorch ${expected}`);
}

test("MiniLM: the texts have as many tokens as in Python", () => {
  for (const [side, key] of (["question", "text"] as const).entries()) {
    const lengths = pairs.map((pair) => model.tokenizer.encode(pair[key]).length);
    assert.deepEqual(lengths, fixture.lengths[side]);
  }
});

test("MiniLM: the embeddings' first values are PyTorch's to 1e-4", async () => {
  for (const [side, key] of (["question", "text"] as const).entries()) {
    const vectors = await model.encode(pairs.map((pair) => pair[key]));
    fixture.embeddings[side].forEach((expected, row) =>
      expected.forEach((value, i) => assertNear(vectors[row][i], value, 1e-4, `${key} ${row}`)),
    );
  }
});

test("MiniLM: the losses are PyTorch's to 1e-5, measured and in training", async () => {
  for (const [of, expected] of [
    [inner, fixture.innerLoss],
    [loss, fixture.loss],
  ] as const) {
    assertNear(await measureLoss(model, pairs, of), expected, 1e-5 * expected, "measured loss");
    const pass = new TrainingPass(model, { dropoutKey: null });
    const { loss: found, tokens } = await trainBatch(model, pass, pairs, of);
    assertNear(found, expected, 1e-5 * expected, "training loss");
    assert.equal(
      tokens,
      fixture.lengths.flat().reduce((sum, n) => sum + n, 0),
    );
    pass.finish().dispose();
  }
});

/** Sums of the values times three waves over their places: they tell a gradient's direction in three numbers. */
function project(values: Float32Array): number[] {
  return [0, 1, 2].map((k) =>
    values.reduce((sum, value, i) => sum + value * Math.sin(0.7 * (i + 1) + k), 0),
  );
}

test("MiniLM: every gradient points where PyTorch's does", async () => {
  const whole = Math.hypot(...Object.values(fixture.gradientNorms));
  const pass = new TrainingPass(model, { dropoutKey: null });
  await trainBatch(model, pass, pairs, loss);
  const gradients = pass.finish();
  for (const [name, expected] of Object.entries(fixture.gradientProjections)) {
    const found = project(gradients.get(name)!.dataSync<"float32">());
    // Waves are 0.7 long on average: an error of 1e-3 of the gradient moves a sum by about as much.
    const tolerance = 2e-3 * fixture.gradientNorms[name] + 1e-6 * whole;
    expected.forEach((value, k) => assertNear(found[k], value, tolerance, `${name}, wave ${k}`));
  }
  gradients.dispose();
});

test("MiniLM: every gradient is as long as PyTorch's to 1e-3, whatever the micro-batches", async () => {
  const names = Object.keys(fixture.gradientNorms);
  const whole = Math.hypot(...Object.values(fixture.gradientNorms));
  assert.deepEqual([...names].sort(), model.parameters.names().sort());
  for (const options of [{}, { maxBatchTokens: 300, maxStashBytes: 0 }]) {
    const pass = new TrainingPass(model, { dropoutKey: null, ...options });
    await trainBatch(model, pass, pairs, loss);
    const gradients = pass.finish();
    for (const name of names) {
      const expected = fixture.gradientNorms[name];
      const found = globalNorm([[name, gradients.get(name)!]]);
      assertNear(found, expected, 1e-3 * expected + 1e-6 * whole, name);
    }
    assertNear(globalNorm(gradients.entries()), whole, 1e-4 * whole, "all gradients");
    gradients.dispose();
  }
});
