import type { EncoderConfig } from "./config";

/** Names of the parts of layer `i` in the model's files. */
export interface LayerNames {
  query: string;
  key: string;
  value: string;
  attentionOutput: string;
  attentionNorm: string;
  intermediate: string;
  output: string;
  outputNorm: string;
}

/** The names that BERT and MPNet give to the parts of layer `i` (transformers' naming). */
export function layerNames(kind: EncoderConfig["kind"], i: number): LayerNames {
  const layer = `encoder.layer.${i}`;
  const bert = kind === "bert";
  const self = `${layer}.attention.${bert ? "self" : "attn"}`;
  return {
    query: `${self}.${bert ? "query" : "q"}`,
    key: `${self}.${bert ? "key" : "k"}`,
    value: `${self}.${bert ? "value" : "v"}`,
    attentionOutput: bert ? `${layer}.attention.output.dense` : `${self}.o`,
    attentionNorm: `${layer}.attention${bert ? ".output" : ""}.LayerNorm`,
    intermediate: `${layer}.intermediate.dense`,
    output: `${layer}.output.dense`,
    outputNorm: `${layer}.output.LayerNorm`,
  };
}

/** Names of the embedding tables. */
export const tableNames = {
  words: "embeddings.word_embeddings.weight",
  positions: "embeddings.position_embeddings.weight",
  types: "embeddings.token_type_embeddings.weight",
  norm: "embeddings.LayerNorm",
  relative: "encoder.relative_attention_bias.weight",
} as const;
