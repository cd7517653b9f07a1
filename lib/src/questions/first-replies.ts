import type OpenAI from "openai";
import { type Chunk, sha256 } from "../common/index";
import type { Budget } from "./budget";
import { estimateRequest } from "./estimate-questions";
import { type Price, batchPrice, costOf } from "./prices";
import { type ChatReply, readCompletion } from "./request-reply";
import { hasBatch, maxBatchRequests, runBatch } from "./run-batch";

/** First replies by the SHA-256 of the chunk's text. */
export type FirstReplies = Map<string, { reply: ChatReply; price: Price }>;

/** What {@link fetchFirstReplies} needs. */
export interface FirstReplyOptions {
  client: OpenAI;
  model: string;
  price: Price;
  budget: Budget;
  stateFile: string;
  pollMs: number;
  onStatus?: (status: string, done: number) => void;
  signal?: AbortSignal;
}

/**
 * Has one batch answer as many of the chunks as the budget and the protocol allow.
 * @throws InputError when not even one fits the budget; else as {@link runBatch}
 */
export async function fetchFirstReplies(
  chunks: readonly Chunk[],
  options: FirstReplyOptions,
): Promise<FirstReplies> {
  const { client, model, stateFile } = options;
  const price = batchPrice(options.price);
  const asked = hasBatch(stateFile) ? chunks : await takeAffordable(chunks, price, options.budget);
  const { completions } = await runBatch(asked, options);
  const wanted = new Set(chunks.map(({ text }) => sha256(text)));
  const replies: FirstReplies = new Map();
  for (const [id, completion] of completions)
    if (wanted.has(id))
      replies.set(id, { price, reply: readCompletion(completion, model, client.baseURL) });
  return replies;
}

async function takeAffordable(
  chunks: readonly Chunk[],
  price: Price,
  budget: Budget,
): Promise<readonly Chunk[]> {
  const costs = chunks.map(({ text }) => costOf(estimateRequest(text), price));
  await budget.reserve(costs[0]);
  budget.settle(costs[0], 0);
  let sum = 0;
  const tooMany = costs.findIndex((cost) => (sum += cost) > budget.leftUsd);
  return chunks.slice(0, Math.min(tooMany < 0 ? chunks.length : tooMany, maxBatchRequests));
}
