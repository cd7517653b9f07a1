import assert from "node:assert/strict";
import { after, test } from "node:test";
import { TrainingPass } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import {
  fineTune,
  measureLoss,
  mineHardNegatives,
  type Pair,
  planEpoch,
  trainBatch,
} from "mrl/training";
import { openModel, options, pairs, removeFolders } from "./tiny-run";

after(removeFolders);

/** Vectors of two numbers by hand: the cosine of a question with a passage is the cosine of the angle between them. */
function encoderOf(degrees: Record<string, number>): Parameters<typeof mineHardNegatives>[0] {
  const vector = (text: string): Float32Array => {
    const angle = (degrees[text] * Math.PI) / 180;
    return Float32Array.of(Math.cos(angle), Math.sin(angle));
  };
  return { dim: 2, encode: async (texts) => texts.map(vector) };
}

// From q: own 20° (cosine .940), twin 10°, near 24° (.914), wrong 40° (.766), far 90° (0).
const model = encoderOf({ q: 0, r: 90, own: 20, twin: 10, near: 24, wrong: 40, far: 90 });
const named = (question: string, text: string, chunkId: number): Pair => ({
  ...{ question, text, chunkId },
});
const mined = [
  named("q", "own", 1),
  named("r", "far", 2),
  named("r", "twin", 3),
  named("r", "near", 4),
  named("r", "wrong", 5),
];

test("a hard negative is the best passage below the margin: what is nearer may be right too", async () => {
  const [first] = await mineHardNegatives(model, mined);
  // .95 · .940 = .893: the twin (.985) and the near one (.914) are above it.
  assert.deepEqual(first, { ...mined[0], hardNegatives: ["wrong"] });
  const [wider] = await mineHardNegatives(model, mined, { margin: 1, count: 2 });
  assert.deepEqual(wider.hardNegatives, ["near", "wrong"]);
  const [shallow] = await mineHardNegatives(model, mined, { depth: 3 });
  assert.deepEqual(shallow.hardNegatives, []);
});

test("a pair whose own passage comes last gets none", async () => {
  const found = await mineHardNegatives(model, mined);
  // r is at 90°: the twin, at 10°, is its farthest passage.
  assert.deepEqual(found[2].hardNegatives, []);
  assert.deepEqual(found[1].hardNegatives, ["wrong"]);
});

test("options out of range are refused by name", async () => {
  await assert.rejects(
    mineHardNegatives(model, mined, { count: 0 }),
    /count is 0; allowed: a whole/,
  );
  await assert.rejects(
    mineHardNegatives(model, mined, { margin: 1.2 }),
    /margin is 1\.2; allowed: ab/,
  );
});

test("a batch holds no pair whose own passage is another's hard negative", () => {
  const some: Pair[] = [
    { ...named("a", "A", 1), hardNegatives: ["B"] },
    named("b", "B", 2),
    named("c", "C", 3),
  ];
  for (let epoch = 0; epoch < 5; epoch++)
    for (const batch of planEpoch(some, 3, 1, epoch))
      assert.ok(!(batch.includes(0) && batch.includes(1)), batch.join());
});

test("the loss counts hard negatives as further wrong passages of every question", async () => {
  const tiny = await openModel();
  const two = [pairs[0], pairs[1]];
  const hard = [{ ...two[0], hardNegatives: [pairs[2].text] }, two[1]];
  const [q, p] = await Promise.all([
    tiny.encode(two.map(({ question }) => question)),
    tiny.encode([two[0].text, two[1].text, pairs[2].text]),
  ]);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((s, x, i) => s + x * b[i], 0);
  const expected =
    q
      .map((question, i) => {
        const logits = p.map((passage) => 20 * dot(question, passage));
        return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[i];
      })
      .reduce((sum, value) => sum + value, 0) / 2;
  const loss = multipleNegativesRanking();
  assert.ok(Math.abs((await measureLoss(tiny, hard, loss)) - expected) < 1e-5);
  const pass = new TrainingPass(tiny, { dropoutKey: null });
  const trained = await trainBatch(tiny, pass, hard, loss);
  assert.ok(Math.abs(trained.loss - expected) < 1e-5);
  pass.finish().dispose();
  tiny.dispose();
});

test("training with them teaches to tell them apart", async () => {
  const tiny = await openModel();
  const hard = await mineHardNegatives(tiny, pairs, { margin: 1 });
  assert.ok(hard.some(({ hardNegatives }) => hardNegatives!.length > 0));
  const loss = matryoshka(multipleNegativesRanking(), options.dims);
  const fixed = planEpoch(hard, 8, 1, 0)[0].map((i) => hard[i]);
  const before = await measureLoss(tiny, fixed, loss);
  await fineTune(tiny, hard, { ...options, epochs: 12, dropout: false });
  assert.ok((await measureLoss(tiny, fixed, loss)) < before / 3);
  tiny.dispose();
});
