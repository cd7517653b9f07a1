import { evaluateRetrieval, type Encoder, type RetrievalSet } from "mrl/evaluation";
import { TrainingPass, loadModel, type SentenceEncoder } from "mrl/encoder";
import { matryoshka, multipleNegativesRanking } from "mrl/losses";
import { cosineSchedule, fineTune, trainBatch, type Pair, type TrainingEvent } from "mrl/training";
import {
  compareMetrics,
  compareNumber,
  compareParameters,
  compareTokens,
  compareVectors,
  findZeros,
  greatest,
  measureDistances,
  subtract,
} from "./compare";
import type { PeerAnswer, PeerRequest, PlainSet, TrainingPlan } from "./peer";
import type { Row } from "./report";

/**
 * Does what the request asks for with `mrl`, and lays it beside Python's answer. The model ends with the weights
 * after the plan's updates.
 */
export async function compareModel(
  model: SentenceEncoder,
  request: PeerRequest,
  answer: PeerAnswer,
  onRows: (rows: Row[]) => void,
): Promise<void> {
  const { texts, embed, batch, training, retrieval, ties, schedules, dims } = request;
  if (texts)
    onRows([
      compareTokens(
        texts,
        texts.map((text) => model.tokenizer.encode(text)),
        answer.tokens,
      ),
    ]);
  if (embed)
    onRows(
      compareVectors("embeddings", await model.encode(embed), answer.vectors.get("embeddings")!),
    );
  if (schedules) onRows([compareSchedules(schedules, answer.schedules)]);
  if (retrieval) {
    const { metrics } = await evaluateRetrieval(model, toSet(retrieval), { dims });
    onRows([compareMetrics("evaluator, own vectors", metrics, answer.metrics)]);
  }
  if (ties) {
    const { metrics } = await evaluateRetrieval(lookUp(answer), toSet(ties), { dims });
    onRows([compareMetrics("evaluator, ties", metrics, answer.tiedMetrics)]);
  }
  if (batch) onRows(await compareGradients(model, batch, dims, answer));
  if (training) onRows(await compareUpdates(model, training, dims, answer));
}

/** Both losses of a batch, and every parameter's gradient. */
async function compareGradients(
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
  return [
    compareNumber("loss, MNRL", "relative", mnrl.loss, losses.mnrl, 1e-5),
    compareNumber("loss, Matryoshka", "relative", whole.loss, losses.matryoshka, 1e-5),
    compareNames([...found.keys()], [...gradients.keys()]),
    ...compareParameters(
      "gradients",
      measureDistances(found, gradients),
      findZeros(gradients),
      1e-6,
    ),
  ];
}

/** Ten updates by `fineTune` beside the Trainer's. */
async function compareUpdates(
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
    // chance on either side. It moves no vector, as the last rows show.
    ...compareParameters("updates, weights", distances, findZeros(answer.gradients), null),
    ...compareVectors(
      "embeddings after the updates",
      await model.encode(texts),
      answer.vectors.get("after")!,
    ),
  ];
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

function compareSchedules(
  schedules: { updates: number; warmup: number }[],
  expected: number[][],
): Row {
  const found = schedules.flatMap(({ updates, warmup }) =>
    Array.from({ length: updates }, (_, update) => cosineSchedule(update, updates, warmup)),
  );
  return {
    check: "scheduler",
    detail: `${found.length} rates of ${schedules.length} schedules`,
    difference: greatest(found, expected.flat()),
    bound: 1e-12,
  };
}

/** The peer's own vectors as a model, so that copies of a passage tie on both sides. */
function lookUp({ tiedTexts, vectors }: PeerAnswer): Encoder {
  const rows = vectors.get("ties")!;
  const table = new Map(tiedTexts.map((text, i) => [text, rows[i]]));
  return { dim: rows[0].length, encode: async (texts) => texts.map((text) => table.get(text)!) };
}

function toSet({ queries, corpus, relevant }: PlainSet): RetrievalSet {
  return {
    queries: new Map(Object.entries(queries)),
    corpus: new Map(Object.entries(corpus)),
    relevant: new Map(Object.entries(relevant).map(([query, ids]) => [query, new Set(ids)])),
  };
}

/** A model in float32, as the peer has it. */
export function openModel(folder: string): Promise<SentenceEncoder> {
  return loadModel(folder, { precision: "f32" });
}
