import * as fs from "node:fs";
import * as path from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { InputError, describeError, readJson } from "../common/index";
import { treatTextAsPython } from "./bert-text";
import { readConfig } from "./config";

/** A model's tokenizer with its token limit. */
export interface TextTokenizer {
  /** Longest input in tokens, the special ones included. */
  readonly maxTokens: number;
  /** Token ids with the special tokens, cut at {@link maxTokens} as the Python tokenizer cuts. */
  encode(text: string): number[];
  /** Number of tokens that the text has before it is cut, the special ones included. */
  countTokens(text: string): number;
}

/**
 * Loads `tokenizer.json` of a sentence-transformers folder.
 * @throws InputError when it is missing or cannot be read
 */
export function loadTokenizer(folder: string): TextTokenizer {
  const file = path.join(folder, "tokenizer.json");
  if (!fs.existsSync(file)) {
    throw new InputError(`${file} is missing; a model folder needs it: fetch the model again`);
  }
  const { maxTokens } = readConfig(folder);
  const settings = path.join(folder, "tokenizer_config.json");
  const tokenizer = createTokenizer(
    file,
    fs.existsSync(settings) ? readJson<object>(settings) : {},
  );
  const encodeWhole = (text: string): number[] => tokenizer.encode(text).ids;
  return {
    maxTokens,
    countTokens: (text) => encodeWhole(text).length,
    encode(text) {
      const ids = encodeWhole(text);
      // The end mark stays: both families close a text with one special token.
      return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids[ids.length - 1]];
    },
  };
}

function createTokenizer(file: string, settings: object): Tokenizer {
  const definition = readJson<object>(file);
  try {
    const tokenizer = new Tokenizer(definition, settings);
    treatTextAsPython(tokenizer);
    return tokenizer;
  } catch (error) {
    throw new InputError(`${file} is no tokenizer that can be read (${describeError(error)})`);
  }
}
