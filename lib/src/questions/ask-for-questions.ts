import type OpenAI from "openai";
import { type Chunk, sha256, throwIfAborted } from "../common/index";
import { checkReply } from "./check-reply";
import {
  questionInstruction,
  questionPromptHash,
  questionRequest,
  replySchema,
  retryRequest,
} from "./question-prompt";
import { type ChatMessage, requestReply } from "./request-reply";
import type { QuestionRecord, RejectedReply } from "./types";

/** How one chunk is asked about. */
export interface AskOptions {
  client: OpenAI;
  model: string;
  /** Requests until the chunk is set aside. */
  maxTries: number;
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
  const { client, model, maxTries, signal, requestSignal } = options;
  const messages = openConversation(chunk.text);
  const record = startRecord(chunk, model);
  for (;;) {
    throwIfAborted(signal);
    const reply = await requestReply(client, {
      model,
      messages,
      schema: { name: "question_answer_pairs", schema: replySchema },
      signal: requestSignal,
    });
    record.tries += 1;
    record.answeredBy = reply.model;
    record.raw = reply.refusal ?? reply.text;
    record.tokens.prompt += reply.tokens.prompt;
    record.tokens.completion += reply.tokens.completion;
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
    rejected: [],
  };
}
