import type OpenAI from "openai";
import { type Chunk, appendJsonLine, sha256 } from "../common/index";
import { askForQuestions } from "./ask-for-questions";
import type { Budget } from "./budget";
import { checkReply } from "./check-reply";
import { estimateWorst } from "./estimate-questions";
import { type FirstReplies, fetchFirstReplies } from "./first-replies";
import type { Price } from "./prices";
import { forgetBatch } from "./run-batch";
import { delayAbort, runPool } from "./run-pool";
import type { QuestionRecord } from "./types";
import type { QuestionEvent } from "./write-questions";

/** How the chunks that have no line yet are asked about. */
export interface PendingOptions {
  client: OpenAI;
  model: string;
  price: Price;
  budget: Budget;
  file: string;
  concurrency?: number;
  maxTries?: number;
  batch?: boolean;
  pollMs?: number;
  signal?: AbortSignal;
  graceMs?: number;
  onEvent?: (event: QuestionEvent) => void;
  /** Told of each record, once its line is on disk. */
  onRecord: (record: QuestionRecord) => void;
  onBatch: (status: string, replies: number) => void;
}

/** Asks until nothing is pending: one by one, or batch after batch with the rest one by one. */
export async function askPending(
  findPending: () => Chunk[],
  options: PendingOptions,
): Promise<void> {
  if (!options.batch) return askAll(findPending(), new Map(), options);
  const stateFile = options.file.replace(/(\.jsonl)?$/, ".batch.json");
  const { pollMs = 30_000, onBatch: onStatus } = options;
  for (let pending = findPending(); pending.length > 0; pending = findPending()) {
    const replies = await fetchFirstReplies(pending, { ...options, stateFile, pollMs, onStatus });
    const answered = pending.filter(({ text }) => replies.has(sha256(text)));
    await askAll(answered, replies, options);
    forgetBatch(stateFile);
  }
}

async function askAll(
  chunks: readonly Chunk[],
  firstReplies: FirstReplies,
  options: PendingOptions,
): Promise<void> {
  const { signal, concurrency = 8 } = options;
  const late = delayAbort(signal, options.graceMs ?? 10_000);
  try {
    await runPool(chunks, { concurrency, signal }, (chunk) =>
      askOne(chunk, firstReplies.get(sha256(chunk.text)), late.signal, options),
    );
  } finally {
    late.release();
  }
}

async function askOne(
  chunk: Chunk,
  first: ReturnType<FirstReplies["get"]>,
  requestSignal: AbortSignal,
  options: PendingOptions,
): Promise<void> {
  const { client, model, price, budget, signal, onEvent, maxTries = 3 } = options;
  const isPaid = price.input > 0 || price.output > 0;
  const isDone = first !== undefined && "pairs" in checkReply(first.reply, chunk.text);
  const reserved = isPaid && !isDone ? estimateWorst(chunk.text, price, maxTries) : 0;
  await budget.reserve(reserved);
  let costUsd = 0;
  try {
    const record = await askForQuestions(chunk, {
      ...{ client, model, price, maxTries, first, signal, requestSignal },
      onRejected: (reply, tries) => onEvent?.({ type: "rejected", chunk, tries, ...reply }),
    });
    costUsd = record.costUsd ?? 0;
    appendJsonLine(options.file, record);
    options.onRecord(record);
  } finally {
    budget.settle(reserved, costUsd);
  }
}
