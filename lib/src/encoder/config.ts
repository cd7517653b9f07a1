import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, type TextRole, readJson } from "../common/index";
import { readPooling, type PoolingMode } from "./modules";
import { readPrompts } from "./prompts";

/** What an encoder is made of, read from a sentence-transformers folder. */
export interface EncoderConfig {
  kind: "bert" | "mpnet";
  layers: number;
  /** Width of a token's vector, and of the embedding. */
  hidden: number;
  heads: number;
  intermediate: number;
  vocabulary: number;
  layerNormEps: number;
  hiddenDropout: number;
  attentionDropout: number;
  padTokenId: number;
  /** MPNet's number of relative position buckets; 0 for BERT. */
  relativeBuckets: number;
  /** Rows of the position table. */
  positions: number;
  /** Rows of BERT's table of token types; 0 for MPNet. */
  tokenTypes: number;
  /** Number of the first token's position: 0 for BERT, 2 for MPNet (after its padding index 1). */
  firstPosition: number;
  /** Texts are cut after so many tokens, the special ones included. */
  maxTokens: number;
  pooling: PoolingMode;
  /** What stands in front of each kind of text. */
  prompts: Record<TextRole, string>;
}

interface RawConfig {
  model_type: string;
  num_hidden_layers: number;
  hidden_size: number;
  num_attention_heads: number;
  intermediate_size: number;
  vocab_size: number;
  max_position_embeddings: number;
  layer_norm_eps: number;
  hidden_dropout_prob: number;
  attention_probs_dropout_prob: number;
  hidden_act: string;
  position_embedding_type?: string;
  pad_token_id?: number;
  type_vocab_size?: number;
  relative_attention_num_buckets?: number;
  auto_map?: unknown;
  is_decoder?: boolean;
}

/**
 * Reads and checks `config.json`, `modules.json`, the pooling, the prompts and the token limit of a folder.
 * @throws InputError naming what is missing or not supported
 */
export function readConfig(folder: string): EncoderConfig {
  if (!fs.existsSync(folder)) throw new InputError(`there is no model folder ${folder}`);
  const raw = readJson<RawConfig>(path.join(folder, "config.json"), "the model's download");
  checkArchitecture(raw, folder);
  const kind = raw.model_type as "bert" | "mpnet";
  const firstPosition = kind === "mpnet" ? 2 : 0;
  const positions = raw.max_position_embeddings - firstPosition;
  return {
    kind,
    layers: raw.num_hidden_layers,
    hidden: raw.hidden_size,
    heads: raw.num_attention_heads,
    intermediate: raw.intermediate_size,
    vocabulary: raw.vocab_size,
    layerNormEps: raw.layer_norm_eps,
    hiddenDropout: raw.hidden_dropout_prob,
    attentionDropout: raw.attention_probs_dropout_prob,
    padTokenId: raw.pad_token_id ?? (kind === "mpnet" ? 1 : 0),
    relativeBuckets: kind === "mpnet" ? (raw.relative_attention_num_buckets ?? 32) : 0,
    positions: raw.max_position_embeddings,
    tokenTypes: kind === "bert" ? (raw.type_vocab_size ?? 2) : 0,
    firstPosition,
    maxTokens: Math.min(readTokenLimit(folder) ?? positions, positions),
    pooling: readPooling(folder),
    prompts: readPrompts(folder),
  };
}

function checkArchitecture(raw: RawConfig, folder: string): void {
  const refuse = (what: string, value: unknown, allowed: string): never => {
    throw new InputError(`${folder}: ${what} is ${JSON.stringify(value)}; supported: ${allowed}`);
  };
  if (raw.model_type !== "bert" && raw.model_type !== "mpnet") {
    refuse("model_type", raw.model_type, "bert, mpnet");
  }
  const positions = raw.position_embedding_type ?? "absolute";
  if (positions !== "absolute") refuse("position_embedding_type", positions, "absolute");
  if (raw.hidden_act !== "gelu") refuse("hidden_act", raw.hidden_act, "gelu");
  if (raw.auto_map) refuse("auto_map", raw.auto_map, "none (code of the model's own is not run)");
  if (raw.is_decoder) refuse("is_decoder", raw.is_decoder, "false");
  for (const key of ["num_hidden_layers", "hidden_size", "num_attention_heads"] as const) {
    if (!Number.isInteger(raw[key]) || raw[key] < 1) refuse(key, raw[key], "a whole number from 1");
  }
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    refuse("hidden_size", raw.hidden_size, `a multiple of the ${raw.num_attention_heads} heads`);
  }
}

/** Where sentence-transformers keeps it: up to version 5 in its own file, later in the tokenizer's. */
function readTokenLimit(folder: string): number | undefined {
  const read = (name: string, key: string): number | undefined => {
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) return undefined;
    return readJson<Record<string, number | undefined>>(file)[key] ?? undefined;
  };
  return (
    read("sentence_bert_config.json", "max_seq_length") ??
    read("tokenizer_config.json", "model_max_length")
  );
}
