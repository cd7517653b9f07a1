import type { Chunk } from "../common/index";
import { openConversation } from "./ask-for-questions";
import { countTokens } from "./count-tokens";
import { replySchema } from "./question-prompt";
import { type Price, costOf } from "./prices";
import type { TokenUsage } from "./types";

/**
 * Tokens of a reply with four pairs. The sample's 659 recorded replies have 168 on average and 218 at most (o200k_base);
 * the estimate takes the most.
 */
export const replyTokens = 220;

/** How many chunks are asked about a second time: an assumption, since it depends on the model. */
export const askedAgain = 0.05;

/** Tokens that one request for a chunk is expected to take, the schema of its reply included. */
export function estimateRequest(passage: string): TokenUsage {
  const messages = openConversation(passage).map(({ content }) => countTokens(content));
  return { prompt: messages.reduce((sum, n) => sum + n, frameTokens()), completion: replyTokens };
}

/** Dollars that a chunk costs if it takes all its tries: each one sends the conversation so far. */
export function estimateWorst(passage: string, price: Price, maxTries: number): number {
  const { prompt, completion } = estimateRequest(passage);
  const earlier = (maxTries * (maxTries - 1)) / 2;
  const whole = maxTries * prompt + earlier * (completion + 50);
  return costOf({ prompt: whole, completion: maxTries * completion }, price);
}

/** Calls and tokens to ask about chunks, with those that are asked about again. */
export function estimateQuestions(chunks: readonly Chunk[]): TokenUsage & { calls: number } {
  const calls = Math.ceil(chunks.length * (1 + askedAgain));
  const prompt = meanOf(chunks, ({ text }) => estimateRequest(text).prompt) * calls;
  return { calls, prompt: Math.round(prompt), completion: replyTokens * calls };
}

/** Mean over a list; of a long one, over 200 items spread over it. */
export function meanOf<T>(items: readonly T[], measure: (item: T) => number): number {
  const count = Math.min(items.length, 200);
  const step = items.length / Math.max(1, count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += measure(items[Math.floor(i * step)]);
  return count > 0 ? sum / count : 0;
}

/** What the protocol adds: roles and separators, and the schema. */
function frameTokens(): number {
  return 12 + countTokens(JSON.stringify(replySchema));
}
