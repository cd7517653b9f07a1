import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createRandom, writeJson } from "mrl/common";
import { writeSafetensors, type Weights } from "mrl/encoder";

export type Kind = "bert" | "mpnet";

/** What differs from the tiny model's own settings, for tests of refusals. */
export interface Changes {
  config?: Record<string, unknown>;
  pooling?: Record<string, unknown>;
  /** Adds a Normalize module. */
  normalize?: boolean;
  /** Of `config_sentence_transformers.json`, which is not written without. */
  prompts?: Record<string, unknown>;
  maxTokens?: number;
  seed?: number;
  /** Changes the weights before they are written. */
  weights?: (weights: Map<string, Weights>) => void;
}

/** Sizes of the tiny model. */
export const tiny = { hidden: 16, layers: 2, heads: 2, inner: 32, vocabulary: 40, maxTokens: 16 };

const WORDS = Array.from({ length: tiny.vocabulary - 4 }, (_, i) => `w${i}`);

/** Writes a random two-layer model folder under the system's temporary folder; the same seed, the same weights. */
export function writeTinyModel(kind: Kind, changes: Changes = {}): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `mrl-tiny-${kind}-`));
  writeJson(path.join(folder, "config.json"), { ...createConfig(kind), ...changes.config });
  const names = ["Transformer", "Pooling", ...(changes.normalize ? ["Normalize"] : [])];
  const modules = names.map((name, idx) => ({
    idx,
    name: String(idx),
    path: idx === 0 ? "" : `${idx}_${name}`,
    type: `sentence_transformers.models.${name}`,
  }));
  writeJson(path.join(folder, "modules.json"), modules);
  if (changes.prompts) {
    writeJson(path.join(folder, "config_sentence_transformers.json"), changes.prompts);
  }
  const pooling = changes.pooling ?? { pooling_mode_mean_tokens: true };
  writeJson(path.join(folder, "1_Pooling", "config.json"), pooling);
  const max_seq_length = changes.maxTokens ?? tiny.maxTokens;
  writeJson(path.join(folder, "sentence_bert_config.json"), { max_seq_length });
  writeJson(path.join(folder, "tokenizer.json"), createTokenizer(kind));
  const weights = createWeights(kind, changes.seed ?? 1);
  changes.weights?.(weights);
  writeSafetensors(path.join(folder, "model.safetensors"), weights);
  return folder;
}

/** A text of `n` words from the tiny vocabulary. */
export function writeText(n: number, seed: number): string {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => WORDS[random.integer(WORDS.length)]).join(" ");
}

function createConfig(kind: Kind): Record<string, unknown> {
  return {
    model_type: kind,
    num_hidden_layers: tiny.layers,
    hidden_size: tiny.hidden,
    num_attention_heads: tiny.heads,
    intermediate_size: tiny.inner,
    vocab_size: tiny.vocabulary,
    max_position_embeddings: 40,
    layer_norm_eps: 1e-12,
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    hidden_act: "gelu",
    pad_token_id: kind === "bert" ? 0 : 1,
    ...(kind === "mpnet" ? { relative_attention_num_buckets: 32 } : { type_vocab_size: 2 }),
  };
}

/** Ids of the special tokens: BERT pads with 0, MPNet with 1. */
function createTokenizer(kind: Kind): object {
  const special =
    kind === "bert" ? ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] : ["[CLS]", "[PAD]", "[SEP]", "[UNK]"];
  const words = [...special, ...WORDS];
  const vocab: Record<string, number> = Object.fromEntries(words.map((word, id) => [word, id]));
  const mark = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const single = [mark("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, mark("[SEP]")];
  const end = (id: string): object => ({ id, ids: [vocab[id]], tokens: [id] });
  const cleaning = { clean_text: true, handle_chinese_chars: true, strip_accents: null };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: "1.0",
    added_tokens: special.map((content, id) => ({ id, content, special: true, ...flags })),
    normalizer: { type: "BertNormalizer", ...cleaning, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: single,
      special_tokens: { "[CLS]": end("[CLS]"), "[SEP]": end("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##" },
      ...{ max_input_chars_per_word: 100, vocab },
    },
  };
}

function createWeights(kind: Kind, seed: number): Map<string, Weights> {
  const random = createRandom(seed, kind === "bert" ? 0 : 1);
  const weights = new Map<string, Weights>();
  const add = (name: string, shape: number[], centre: number = 0): void => {
    const size = shape.reduce((product, n) => product * n, 1);
    const data = Float32Array.from({ length: size }, () => centre + 0.3 * random.normal());
    weights.set(name, { shape, data });
  };
  const layer = (name: string, out: number, into: number): void => {
    add(`${name}.weight`, [out, into]);
    add(`${name}.bias`, [out]);
  };
  const norm = (name: string): void => {
    add(`${name}.weight`, [tiny.hidden], 1);
    add(`${name}.bias`, [tiny.hidden]);
  };
  add("embeddings.word_embeddings.weight", [tiny.vocabulary, tiny.hidden]);
  add("embeddings.position_embeddings.weight", [40, tiny.hidden]);
  if (kind === "bert") add("embeddings.token_type_embeddings.weight", [2, tiny.hidden]);
  norm("embeddings.LayerNorm");
  for (let i = 0; i < tiny.layers; i++) addLayer(`encoder.layer.${i}`, kind, layer, norm);
  if (kind === "mpnet") add("encoder.relative_attention_bias.weight", [32, tiny.heads]);
  return weights;
}

function addLayer(
  at: string,
  kind: Kind,
  layer: (name: string, out: number, into: number) => void,
  norm: (name: string) => void,
): void {
  const { hidden: H, inner } = tiny;
  const bert = ["self.query", "self.key", "self.value", "output.dense"];
  const projections = kind === "bert" ? bert : ["attn.q", "attn.k", "attn.v", "attn.o"];
  projections.forEach((name) => layer(`${at}.attention.${name}`, H, H));
  norm(`${at}.attention${kind === "bert" ? ".output" : ""}.LayerNorm`);
  layer(`${at}.intermediate.dense`, inner, H);
  layer(`${at}.output.dense`, H, inner);
  norm(`${at}.output.LayerNorm`);
}
