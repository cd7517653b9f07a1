import { TrainingPass, type SentenceEncoder } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { fineTune, trainBatch, type Pair, type TrainingEvent } from "mrl/training";
import { compareNumber, compareVectors, greatest } from "./compare";
import {
  compareParameters,
  findZeros,
  lengthOfAll,
  measureDistances,
  subtract,
} from "./compare-parameters";
import type { PeerAnswer, TrainingPlan } from "./peer";
import type { Row } from "./report";

/** Both losses of a batch, and every parameter's gradient. */
export async function compareGradients(
  model: SentenceEncoder,
  batch: Pair[],
  dims: number[],
  { losses, gradients }: PeerAnswer,
): Promise<Row[]> {
  const inner = multipleNegativesRanking();
  const single = new TrainingPass(model, { dropoutKey: null });
  const mnrl = await trainBatch(model, single, batch, inner);
  single.finish().dispose();
  const pass = new TrainingPass(model, { dropoutKey: null });
  const whole = await trainBatch(model, pass, batch, matryoshka(inner, dims));
  const sums = pass.finish();
  const found = new Map(
    sums.entries().map(([name, sum]) => [name, { data: sum.dataSync<"float32">() }]),
  );
  sums.dispose();
  const distances = measureDistances(found, gradients);
  const length = lengthOfAll(distances);
  return [
    compareNumber("loss, MNRL", "relative", mnrl.loss, losses.mnrl, 1e-5),
    compareNumber("loss, Matryoshka", "relative", whole.loss, losses.matryoshka, 1e-5),
    compareNames([...found.keys()], [...gradients.keys()]),
    ...compareParameters("gradients", distances, findZeros(gradients), {
      what: "zero by symmetry, as a share of all",
      unit: () => length,
      bound: 1e-6,
    }),
  ];
}

/** Ten updates by `fineTune` beside the Trainer's. */
export async function compareUpdates(
  model: SentenceEncoder,
  { texts, ...plan }: TrainingPlan,
  dims: number[],
  answer: PeerAnswer,
): Promise<Row[]> {
  const before = structuredClone(model.parameters.read());
  const updates: Extract<TrainingEvent, { type: "update" }>[] = [];
  const { batchSize, accumulation, lr, warmup } = plan;
  await fineTune(model, plan.pairs, {
    ...{ batchSize, accumulation, lr, warmup, dims },
    ...{ epochs: 1, seed: 42, dropout: false },
    onEvent: (event) => void (event.type === "update" && updates.push(event)),
  });
  const trained = new Map([...answer.weights].filter(([name]) => answer.gradients.has(name)));
  const distances = measureDistances(
    subtract(model.parameters.read(), before),
    subtract(trained, before),
  );
  const norms = updates.map(({ gradientNorm }, i) => gradientNorm / answer.updates[i].gradientNorm);
  const rates = updates.map(({ lr: rate }) => rate / lr);
  const expected = answer.updates.map(({ lr: rate }) => rate / lr);
  return [
    {
      check: "updates, rates",
      detail: `${rates.length} updates`,
      difference: greatest(rates, expected),
      bound: 1e-9,
    },
    {
      check: "updates, gradient norms",
      detail: "relative",
      difference: greatest(norms, new Float64Array(answer.updates.length).fill(1)),
      bound: 1e-3,
    },
    // Adam divides a gradient by its own size: of one that is rounding alone, the sign and so the whole step are
    // chance on either side. So both can only be held to what Adam can move at all: in its first ten updates at
    // most 1.05 rates each. It moves no vector, as the last rows show.
    ...compareParameters("updates, weights", distances, findZeros(answer.gradients), {
      what: "zero by symmetry, as a share of what two runs can differ by",
      unit: ({ size }) => 2 * 1.05 * sum(updates.map(({ lr: rate }) => rate)) * Math.sqrt(size),
      bound: 1,
    }),
    ...compareVectors(
      "embeddings after the updates",
      await model.encode(texts),
      answer.vectors.get("after")!,
    ),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function compareNames(found: string[], expected: string[]): Row {
  const differing = [...found, ...expected].filter(
    (name) => !found.includes(name) || !expected.includes(name),
  );
  return {
    check: "parameters with a gradient",
    detail: differing[0] ?? `${expected.length} names`,
    difference: differing.length,
    bound: 0,
  };
}
