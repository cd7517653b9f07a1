import type { EmbedOptions } from "../common/index";

/** What {@link Encoder.encode} may be told. */
export interface EncoderOptions extends EmbedOptions {
  dim?: number;
  signal?: AbortSignal;
}

/** What evaluation needs of a model: a width and unit vectors for texts. `mrl/encoder`'s model is one. */
export interface Encoder {
  /** Numbers in a full vector. */
  dim: number;
  encode(texts: readonly string[], options?: EncoderOptions): Promise<Float32Array[]>;
}

/** Questions, the passages to be ranked for each of them, and which of these answer it. */
export interface RetrievalSet {
  /** Question id → question. */
  queries: Map<string, string>;
  /** Passage id → passage. */
  corpus: Map<string, string>;
  /** Question id → ids of the passages that answer it. */
  relevant: Map<string, Set<string>>;
}

/** How one question fared at one dimension. */
export interface QueryOutcome {
  /** The question's id. */
  query: string;
  /** Place of the first relevant passage in the ranking of the whole corpus, from 1. */
  rank: number;
  /** Ids of the first 100 passages, best first. */
  top: string[];
  /** `ndcg@10`, `accuracy@1`, …: the values whose mean over the questions is the metric. */
  metrics: Record<string, number>;
}

/** The result of {@link evaluateRetrieval}. */
export interface RetrievalResult {
  /** `dim_128_cosine_ndcg@10` → value in 0..1, for every dimension and metric. */
  metrics: Record<string, number>;
  /** Dimension → one outcome for each question that has a relevant passage, in the set's order. */
  perQuery: Record<number, QueryOutcome[]>;
  /** Questions that count. */
  evaluated: number;
  /** Questions left out because nothing is relevant to them. */
  skipped: number;
}
