import { setImmediate } from "node:timers/promises";
import { type ProgressListener, throwIfAborted } from "../common/index";
import { askableQueries, checkDims } from "./check-set";
import { encodeSet } from "./encode-set";
import { averageMetrics, scoreRanking } from "./metrics";
import { type PassageIndex, buildIndex, scoreBlock, selectTop } from "./passage-index";
import type { Encoder, QueryOutcome, RetrievalResult, RetrievalSet } from "./types";

/** Passages kept for each question: MAP@100 looks no deeper. */
const DEPTH = 100;

/** Options of {@link evaluateRetrieval}. */
export interface EvaluateOptions {
  /** Dimensions to measure at, each up to the model's. */
  dims: readonly number[];
  /** Told how many texts have been encoded. */
  onProgress?: ProgressListener;
  signal?: AbortSignal;
  /** Questions ranked together: each holds a row of as many scores as there are passages. */
  blockSize?: number;
}

/**
 * How well a model finds the passages that answer the questions, at several dimensions.
 *
 * The same names and values as Python's `InformationRetrievalEvaluator` named `dim_<dim>`: cosine; binary
 * relevance; equal scores in ascending order of passage ids; questions with nothing relevant left out; the model's own
 * prompts in front of questions and passages. Each distinct text is encoded once in its role, at full width; shorter
 * vectors are cut from that and renormalised.
 *
 * Source: sentence-transformers 6.2, `evaluation/information_retrieval.py`.
 * @throws InputError on an empty set, a relevant id that the corpus lacks, a dim above the model's, or a vector
 *   that is not of finite numbers
 */
export async function evaluateRetrieval(
  model: Encoder,
  set: RetrievalSet,
  { dims, onProgress, signal, blockSize = 32 }: EvaluateOptions,
): Promise<RetrievalResult> {
  checkDims(dims, model.dim);
  const asked = askableQueries(set);
  const ids = [...set.corpus.keys()];
  const texts = {
    query: asked.map((id) => set.queries.get(id)!),
    passage: [...set.corpus.values()],
  };
  const vectors = await encodeSet(model, texts, { onProgress, signal });
  const result: RetrievalResult = {
    metrics: {},
    perQuery: {},
    evaluated: asked.length,
    skipped: set.queries.size - asked.length,
  };
  for (const dim of dims) {
    const index = buildIndex(vectors.passage, ids, dim);
    const outcomes: QueryOutcome[] = [];
    for (let from = 0; from < asked.length; from += blockSize) {
      const end = Math.min(from + blockSize, asked.length);
      const rows = scoreBlock(index, vectors.query.slice(from, end));
      rows.forEach((scores, i) => outcomes.push(judge(asked[from + i], scores, index, set)));
      await setImmediate(); // lets an interrupt or a progress display in
      throwIfAborted(signal);
    }
    result.perQuery[dim] = outcomes;
    for (const [name, value] of Object.entries(averageMetrics(outcomes))) {
      result.metrics[`dim_${dim}_cosine_${name}`] = value;
    }
  }
  return result;
}

function judge(
  query: string,
  scores: Float32Array,
  index: PassageIndex,
  set: RetrievalSet,
): QueryOutcome {
  const relevant = set.relevant.get(query)!;
  const top = selectTop(scores, DEPTH).map((place) => index.ids[place]);
  const found = top.findIndex((id) => relevant.has(id));
  const rank = found >= 0 ? found + 1 : rankOfFirst(scores, index, relevant);
  return { query, rank, top, metrics: scoreRanking(top, relevant) };
}

/** Rank of the first relevant passage that lies below those kept: one more than the passages before it. */
function rankOfFirst(
  scores: Float32Array,
  index: PassageIndex,
  relevant: ReadonlySet<string>,
): number {
  let best = -1;
  index.ids.forEach((id, place) => {
    if (relevant.has(id) && (best < 0 || scores[place] > scores[best])) best = place;
  });
  let before = 0;
  scores.forEach((score, place) => {
    if (score > scores[best] || (score === scores[best] && place < best)) before++;
  });
  return before + 1;
}
