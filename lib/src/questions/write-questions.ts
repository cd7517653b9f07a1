import type OpenAI from "openai";
import { type Chunk, InputError, sha256 } from "../common/index";
import { askPending } from "./ask-pending";
import { createBudget } from "./budget";
import { createClient } from "./create-client";
import { orderRecords, readKnownRecords, recordKey, writeFinishedRun } from "./question-file";
import { questionPromptHash } from "./question-prompt";
import { findPrice } from "./prices";
import type { QuestionRecord, TokenUsage } from "./types";

/** How far the questions have come. */
export type QuestionEvent =
  /** `done` of the `total` different texts have their line from an earlier run. */
  | { type: "start"; done: number; total: number }
  /** A reply was not taken; the chunk is asked about again if tries are left. */
  | { type: "rejected"; chunk: Chunk; tries: number; reason: string; raw: string }
  /** A chunk's line is written; `done` of the `total` different texts have theirs. */
  | { type: "chunk"; record: QuestionRecord; done: number; total: number }
  /** How the batch stands; `done` counts its replies too. */
  | { type: "batch"; status: string; done: number; total: number };

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
  /** Dollars that may be spent in all, earlier runs included; without it only a model that costs nothing is asked. */
  maxUsd?: number;
  /** What else has been spent of it, for embeddings. */
  spentUsd?: number;
  /** First replies through the Batch API; what has to be asked again is asked as usual. */
  batch?: boolean;
  /** Time between two looks at the batch. */
  pollMs?: number;
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
  costUsd: number;
}

/**
 * Has a language model write four question-answer pairs for every chunk.
 *
 * Each chunk's line is appended to the file as soon as its reply is accepted or given up, so that a run that
 * stops anywhere goes on where it stopped and asks for nothing twice: a text that was asked about with the
 * same model and prompt is not asked about again. When all are there, the file is rewritten in chunk order.
 *
 * Before a chunk is asked about, what it may cost at most is kept from the budget; where that is not left any more, the
 * run ends as after an error: what is under way is waited for and written.
 * @throws InputError when a setting, the budget or the server's refusal needs a person; Error when retries were in vain;
 * the signal's reason after an abort. What was answered until then stands in the file.
 */
export async function writeQuestions(
  chunks: readonly Chunk[],
  options: WriteQuestionsOptions,
): Promise<WrittenQuestions> {
  const { model, file, onEvent } = options;
  const client = options.client ?? clientOf(options);
  const known = readKnownRecords(file);
  const distinct = new Map(chunks.map((chunk) => [keyOf(chunk, model), chunk]));
  const findPending = (): Chunk[] =>
    [...distinct].filter(([key]) => !known.has(key)).map(([, chunk]) => chunk);
  const total = distinct.size;
  let done = total - findPending().length;
  const earlier = sumUp([...known.values()]).costUsd + (options.spentUsd ?? 0);
  onEvent?.({ type: "start", done, total });
  const spent: QuestionRecord[] = [];
  await askPending(findPending, {
    ...options,
    client,
    price: findPrice(model, client.baseURL),
    budget: createBudget(options.maxUsd ?? 0, earlier),
    onRecord: (record) => {
      known.set(recordKey(record), record);
      spent.push(record);
      done += 1;
      onEvent?.({ type: "chunk", record, done, total });
    },
    onBatch: (status, replies) => onEvent?.({ type: "batch", status, done: done + replies, total }),
  });
  const records = orderRecords(chunks, model, questionPromptHash, known);
  writeFinishedRun(file, records, known);
  return { records, ...sumUp(spent) };
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

function sumUp(records: readonly QuestionRecord[]): Omit<WrittenQuestions, "records"> {
  const tokens = { prompt: 0, completion: 0 };
  let requests = 0;
  let costUsd = 0;
  for (const record of records) {
    requests += record.tries;
    tokens.prompt += record.tokens.prompt;
    tokens.completion += record.tokens.completion;
    costUsd += record.costUsd ?? 0;
  }
  return { requests, tokens, costUsd };
}
