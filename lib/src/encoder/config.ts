import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson } from "../common/index";

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
}

/**
 * Reads and checks `config.json`, `modules.json`, the pooling and the token limit of a folder.
 * @throws InputError naming what is missing or not supported
 */
export function readConfig(folder: string): EncoderConfig {
  if (!fs.existsSync(folder)) throw new InputError(`there is no model folder ${folder}`);
  const raw = readJson<RawConfig>(path.join(folder, "config.json"), "the model's download");
  checkArchitecture(raw, folder);
  checkModules(folder);
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
  };
}

function checkArchitecture(raw: RawConfig, folder: string): void {
  const refuse = (what: string, value: unknown, allowed: string): never => {
    throw new InputError(`${folder}: ${what} is ${JSON.stringify(value)}; supported: ${allowed}`);
  };
  if (raw.model_type !== "bert" && raw.model_type !== "mpnet") {
    refuse("model_type", raw.model_type, "bert, mpnet");
  }
  if (raw.hidden_act !== "gelu") refuse("hidden_act", raw.hidden_act, "gelu");
  const positions = raw.position_embedding_type ?? "absolute";
  if (positions !== "absolute") refuse("position_embedding_type", positions, "absolute");
  for (const key of ["num_hidden_layers", "hidden_size", "num_attention_heads"] as const) {
    if (!Number.isInteger(raw[key]) || raw[key] < 1) refuse(key, raw[key], "a whole number from 1");
  }
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    refuse("hidden_size", raw.hidden_size, `a multiple of the ${raw.num_attention_heads} heads`);
  }
}

function checkModules(folder: string): void {
  const modules = readJson<{ path: string; type: string }[]>(
    path.join(folder, "modules.json"),
    "sentence-transformers",
  );
  const known = ["Transformer", "Pooling", "Normalize"];
  for (const { type } of modules) {
    const name = type.slice(type.lastIndexOf(".") + 1);
    if (!known.includes(name)) {
      throw new InputError(
        `${folder}: module ${type} is not supported; there may be ${known.join(", ")}`,
      );
    }
  }
  const pooling = modules.find(({ type }) => type.endsWith(".Pooling"));
  if (!pooling) throw new InputError(`${folder}/modules.json names no Pooling module`);
  checkPooling(path.join(folder, pooling.path, "config.json"));
}

/** Mean pooling in either of the forms that sentence-transformers writes: flags, or one name. */
function checkPooling(file: string): void {
  const config = readJson<Record<string, unknown>>(file, "sentence-transformers");
  const flags = Object.keys(config).filter(
    (k) => k.startsWith("pooling_mode_") && config[k] === true,
  );
  const mode = config.pooling_mode ?? flags.map((k) => k.slice("pooling_mode_".length)).join("+");
  if (mode !== "mean" && mode !== "mean_tokens") {
    throw new InputError(`${file}: pooling is ${JSON.stringify(mode)}; supported: mean`);
  }
}

function readTokenLimit(folder: string): number | undefined {
  const file = path.join(folder, "sentence_bert_config.json");
  if (!fs.existsSync(file)) return undefined;
  return readJson<{ max_seq_length?: number }>(file).max_seq_length ?? undefined;
}
