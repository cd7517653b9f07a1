import * as fs from "node:fs";
import { setTimeout } from "node:timers/promises";
import OpenAI, { toFile } from "openai";
import { type Chunk, InputError, readJson, sha256, writeJson } from "../common/index";
import { type BatchOutput, buildBatchFile, readBatchOutput } from "./batch-file";
import { callServer } from "./request-reply";

/** How a batch is run. */
export interface BatchRun {
  client: OpenAI;
  model: string;
  /** Remembers the batch under way; removed by {@link forgetBatch}. */
  stateFile: string;
  /** Time between two looks at it. */
  pollMs: number;
  /** Told of each look: requests that have ended. */
  onStatus?: (status: string, done: number) => void;
  signal?: AbortSignal;
}

/** Requests that the protocol allows in one batch. */
export const maxBatchRequests = 50_000;

const ended = ["completed", "failed", "expired", "cancelled"];

/**
 * Sends the first requests for chunks as one batch and waits for its end, hours perhaps. A batch that an earlier run sent is
 * waited for instead of sending another: it is known by the state file, and by its metadata where a kill came between
 * sending it and writing that file.
 * @throws InputError when the server refuses the batch; the signal's reason after an abort (the batch goes on)
 */
export async function runBatch(chunks: readonly Chunk[], run: BatchRun): Promise<BatchOutput> {
  const { client, model, stateFile, signal } = run;
  const call = <T>(work: () => Promise<T>): Promise<T> => callServer(client, model, work);
  const id = fs.existsSync(stateFile)
    ? readJson<{ id: string }>(stateFile).id
    : await call(() => findOrSend(chunks, run));
  writeJson(stateFile, { id });
  for (;;) {
    signal?.throwIfAborted();
    const batch = await call(() => client.batches.retrieve(id));
    run.onStatus?.(batch.status, batch.request_counts?.completed ?? 0);
    if (ended.includes(batch.status)) return collect(batch, run, call);
    await setTimeout(run.pollMs, undefined, { signal });
  }
}

/** To be called when what the batch brought is on disk. */
export function forgetBatch(stateFile: string): void {
  fs.rmSync(stateFile, { force: true });
}

/** Whether an earlier run left a batch to be waited for. */
export function hasBatch(stateFile: string): boolean {
  return fs.existsSync(stateFile);
}

async function findOrSend(chunks: readonly Chunk[], { client, model }: BatchRun): Promise<string> {
  const content = buildBatchFile(chunks, model);
  const key = sha256(content);
  const latest = await client.batches.list({ limit: 100 });
  const same = latest.data.find(({ metadata, status }) => {
    return metadata?.requests === key && !["failed", "expired", "cancelled"].includes(status);
  });
  if (same) return same.id;
  const file = await toFile(Buffer.from(content), "questions.jsonl");
  const input = await client.files.create({ file, purpose: "batch" });
  const batch = await client.batches.create({
    input_file_id: input.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
    metadata: { requests: key },
  });
  return batch.id;
}

async function collect(
  batch: OpenAI.Batch,
  { client, stateFile }: BatchRun,
  call: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<BatchOutput> {
  const files = [batch.output_file_id, batch.error_file_id].filter((id) => id != null);
  const texts = await Promise.all(
    files.map((id) => call(async () => (await client.files.content(id)).text())),
  );
  const output = readBatchOutput(texts.join("\n"));
  if (output.completions.size > 0) return output;
  forgetBatch(stateFile);
  const reasons = batch.errors?.data?.map(({ message }) => message ?? "") ?? [];
  const said = [...reasons, ...output.failures][0] ?? "no reason given";
  throw new InputError(
    `the batch ${batch.id} ended as ${batch.status} without an answer (${said}); mend that and run it again, or set ` +
      "questions.batch to false to ask one by one",
  );
}
