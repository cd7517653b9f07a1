import type OpenAI from "openai";
import { type Chunk, sha256, throwIfAborted } from "../common/index";
import { checkReply } from "./check-reply";
import {
  questionInstruction,
  questionPromptHash,
  questionRequest,
  questionSchema,
  retryRequest,
} from "./question-prompt";
import { type Price, costOf } from "./prices";
import { type ChatMessage, type ChatReply, requestReply } from "./request-reply";
import type { QuestionRecord, RejectedReply } from "./types";

/** How one chunk is asked about. */
export interface AskOptions {
  client: OpenAI;
  model: string;
  /** Requests until the chunk is set aside. */
  maxTries: number;
  /** What the tokens cost. */
  price: Price;
  /** A reply that a batch has brought already, with its own price: the first try. */
  first?: { reply: ChatReply; price: Price };
  /** Told of each reply that is not taken. */
  onRejected?: (reply: RejectedReply, tries: number) => void;
  /** No further request is made once it is aborted. */
  signal?: AbortSignal;
  /** Ends the request under way. */
  requestSignal?: AbortSignal;
}

/**
 * Asks for the question-answer pairs of one chunk, and again in the same conversation with the reason when
 * the reply cannot be used. After `maxTries` requests the record says why the chunk has none.
 */
export async function askForQuestions(chunk: Chunk, options: AskOptions): Promise<QuestionRecord> {
  const { model, maxTries, signal } = options;
  const messages = openConversation(chunk.text);
  const record = startRecord(chunk, model);
  let first = options.first;
  for (;;) {
    throwIfAborted(signal);
    const { reply, price } = first ?? (await askOnce(messages, options));
    first = undefined;
    record.tries += 1;
    record.answeredBy = reply.model;
    record.raw = reply.refusal ?? reply.text;
    record.tokens.prompt += reply.tokens.prompt;
    record.tokens.completion += reply.tokens.completion;
    record.costUsd = (record.costUsd ?? 0) + costOf(reply.tokens, price);
    const checked = checkReply(reply, chunk.text);
    if ("pairs" in checked) return { ...record, qa: checked.pairs };
    const { reason } = checked;
    options.onRejected?.({ reason, raw: record.raw }, record.tries);
    if (record.tries >= maxTries) return { ...record, setAside: reason };
    record.rejected.push({ reason, raw: record.raw });
    messages.push(
      { role: "assistant", content: record.raw || "(no text)" },
      { role: "user", content: retryRequest(reason) },
    );
  }
}

async function askOnce(
  messages: readonly ChatMessage[],
  { client, model, price, requestSignal: signal }: AskOptions,
): Promise<{ reply: ChatReply; price: Price }> {
  const request = { model, messages, schema: questionSchema, signal };
  return { reply: await requestReply(client, request), price };
}

/** The messages with which the conversation about a passage begins. */
export function openConversation(passage: string): ChatMessage[] {
  return [
    { role: "system", content: questionInstruction },
    { role: "user", content: questionRequest(passage) },
  ];
}

function startRecord(chunk: Chunk, model: string): QuestionRecord {
  return {
    global_chunk_id: chunk.global_chunk_id,
    page: chunk.page,
    sha256: sha256(chunk.text),
    model,
    promptHash: questionPromptHash,
    answeredBy: model,
    qa: [],
    raw: "",
    tries: 0,
    tokens: { prompt: 0, completion: 0 },
    costUsd: 0,
    rejected: [],
  };
}
