import type OpenAI from "openai";
import { type Chunk, InputError, appendJsonLine, sha256 } from "../common/index";
import { askForQuestions } from "./ask-for-questions";
import { createClient } from "./create-client";
import { orderRecords, readKnownRecords, recordKey, writeFinishedRun } from "./question-file";
import { questionPromptHash } from "./question-prompt";
import { delayAbort, runPool } from "./run-pool";
import type { QuestionRecord, RejectedReply, TokenUsage } from "./types";

/** How far the questions have come. */
export type QuestionEvent =
  /** `done` of the `total` different texts have their line from an earlier run. */
  | { type: "start"; done: number; total: number }
  /** A reply was not taken; the chunk is asked about again if tries are left. */
  | { type: "rejected"; chunk: Chunk; tries: number; reason: string; raw: string }
  /** A chunk's line is written; `done` of the `total` different texts have theirs. */
  | { type: "chunk"; record: QuestionRecord; done: number; total: number };

/** What {@link writeQuestions} needs beside the chunks. */
export interface WriteQuestionsOptions {
  /** A client made by {@link createClient}; without it one is made of `baseUrl` and `apiKey`. */
  client?: OpenAI;
  baseUrl?: string;
  apiKey?: string;
  model: string;
  /** `questions.jsonl`: read to go on where a run stopped, extended by a line a chunk. */
  file: string;
  /** Chunks that are asked about at the same time. */
  concurrency?: number;
  /** Requests for one chunk until it is set aside. */
  maxTries?: number;
  signal?: AbortSignal;
  /** After an abort, how long requests under way may still take. */
  graceMs?: number;
  onEvent?: (event: QuestionEvent) => void;
}

/** What came of a run. */
export interface WrittenQuestions {
  /** A record a chunk, in chunk order, as in the file. */
  records: QuestionRecord[];
  /** What this run alone has used; 0 for chunks that had their line. */
  requests: number;
  tokens: TokenUsage;
}

/**
 * Has a language model write four question-answer pairs for every chunk.
 *
 * Each chunk's line is appended to the file as soon as its reply is accepted or given up, so that a run that
 * stops anywhere goes on where it stopped and asks for nothing twice: a text that was asked about with the
 * same model and prompt is not asked about again. When all are there, the file is rewritten in chunk order.
 * @throws InputError when a setting or the server's refusal needs a person; Error when retries were in vain;
 * the signal's reason after an abort. What was answered until then stands in the file.
 */
export async function writeQuestions(
  chunks: readonly Chunk[],
  options: WriteQuestionsOptions,
): Promise<WrittenQuestions> {
  const { model, file, onEvent } = options;
  const client = options.client ?? clientOf(options);
  const known = readKnownRecords(file);
  const distinct = [...new Map(chunks.map((chunk) => [keyOf(chunk, model), chunk])).values()];
  const pending = distinct.filter((chunk) => !known.has(keyOf(chunk, model)));
  const total = distinct.length;
  let done = total - pending.length;
  onEvent?.({ type: "start", done, total });
  const spent: QuestionRecord[] = [];
  await askAll(pending, { ...options, client }, (record) => {
    appendJsonLine(file, record);
    known.set(recordKey(record), record);
    spent.push(record);
    done += 1;
    onEvent?.({ type: "chunk", record, done, total });
  });
  const records = orderRecords(chunks, model, questionPromptHash, known);
  writeFinishedRun(file, records, known);
  return { records, ...sumUp(spent) };
}

async function askAll(
  pending: readonly Chunk[],
  options: WriteQuestionsOptions & { client: OpenAI },
  onRecord: (record: QuestionRecord) => void,
): Promise<void> {
  const { client, model, signal, onEvent, maxTries = 3, concurrency = 8 } = options;
  const late = delayAbort(signal, options.graceMs ?? 10_000);
  try {
    await runPool(pending, { concurrency, signal }, async (chunk) => {
      const onRejected = (reply: RejectedReply, tries: number): void =>
        onEvent?.({ type: "rejected", chunk, tries, ...reply });
      const requestSignal = late.signal;
      onRecord(
        await askForQuestions(chunk, {
          client,
          model,
          maxTries,
          signal,
          requestSignal,
          onRejected,
        }),
      );
    });
  } finally {
    late.release();
  }
}

function keyOf(chunk: Chunk, model: string): string {
  return recordKey({ sha256: sha256(chunk.text), model, promptHash: questionPromptHash });
}

function clientOf({ apiKey, baseUrl }: WriteQuestionsOptions): OpenAI {
  if (!apiKey)
    throw new InputError(
      "writeQuestions needs a client, or an apiKey and where it is not api.openai.com a baseUrl",
    );
  return createClient({ apiKey, baseUrl });
}

function sumUp(records: readonly QuestionRecord[]): { requests: number; tokens: TokenUsage } {
  const tokens = { prompt: 0, completion: 0 };
  let requests = 0;
  for (const record of records) {
    requests += record.tries;
    tokens.prompt += record.tokens.prompt;
    tokens.completion += record.tokens.completion;
  }
  return { requests, tokens };
}
