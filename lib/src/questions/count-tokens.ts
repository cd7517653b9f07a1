import { Tiktoken } from "js-tiktoken/lite";
import ranks from "js-tiktoken/ranks/o200k_base";

let encoding: Tiktoken | undefined;

/**
 * Tokens of a text in `o200k_base`, the encoding of OpenAI's models since GPT-4o. Other models count a little
 * otherwise: good for an estimate. The table is built at the first call, which takes a second.
 */
export function countTokens(text: string): number {
  encoding ??= new Tiktoken(ranks);
  return encoding.encode(text, [], []).length;
}
