import { evaluateRetrieval, type Encoder, type RetrievalSet } from "mrl/evaluation";
import { loadModel, type SentenceEncoder } from "mrl/encoder";
import { cosineSchedule } from "mrl/training";
import { compareMetrics, compareTokens, compareVectors, greatest } from "./compare";
import { compareGradients, compareUpdates } from "./compare-training";
import type { PeerAnswer, PeerRequest, PlainSet } from "./peer";
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
