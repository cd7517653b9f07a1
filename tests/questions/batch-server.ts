import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { findPassage } from "mrl/questions";
import { completion, goodPairs } from "./stub-server";

/** A request of a batch's input file. */
export interface BatchRequest {
  custom_id: string;
  method: string;
  url: string;
  body: { model: string; messages: { content: string }[] };
}

/** A batch as the server keeps it. */
interface StoredBatch {
  id: string;
  status: string;
  metadata: Record<string, string>;
  input_file_id: string;
  output_file_id?: string;
  error_file_id?: string;
  errors?: object;
  request_counts: { total: number; completed: number; failed: number };
}

/** OpenAI's Files and Batch API on loopback, and chat completions for what is asked one by one. */
export interface BatchServer {
  url: string;
  batches: StoredBatch[];
  files: Map<string, string>;
  /** Passages that were asked about one by one. */
  asked: string[];
  /** Looks at a batch until it ends. */
  looks: number;
  /** How a batch ends. */
  end: "completed" | "expired" | "failed";
  /** A line of the output file, or of the error file where it has no response; undefined: a faultless completion. */
  line: (request: BatchRequest, index: number) => object | undefined;
  close: () => Promise<void>;
}

export async function startBatchServer(): Promise<BatchServer> {
  const http_ = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      void answer(server, request, Buffer.concat(parts)).then(({ status = 200, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((resolve) => http_.listen(0, "127.0.0.1", resolve));
  const server: BatchServer = {
    url: `http://127.0.0.1:${(http_.address() as AddressInfo).port}/v1`,
    ...{ batches: [], files: new Map(), asked: [], looks: 3, end: "completed" },
    line: () => undefined,
    close: () =>
      new Promise((resolve) => {
        http_.close(() => resolve());
        http_.closeAllConnections();
      }),
  };
  return server;
}

interface Answer {
  status?: number;
  body: unknown;
}

async function answer(
  server: BatchServer,
  request: http.IncomingMessage,
  content: Buffer,
): Promise<Answer> {
  const { pathname } = new URL(request.url!, server.url);
  const route = `${request.method} ${pathname.replace("/v1", "")}`;
  const [, , id] = route.split("/");
  if (route === "POST /files") return { body: await storeFile(server, request, content) };
  if (route === "POST /batches") return { body: createBatch(server, content) };
  if (route === "GET /batches") return { body: { object: "list", data: server.batches } };
  if (route.startsWith("GET /batches/")) return { body: lookAt(server, id) };
  if (route.startsWith("GET /files/")) return { body: server.files.get(id) };
  const { messages } = JSON.parse(content.toString()) as BatchRequest["body"];
  const passage = passageOf(messages);
  server.asked.push(passage);
  return { body: completion(JSON.stringify({ pairs: goodPairs(passage) })) };
}

async function storeFile(
  server: BatchServer,
  request: http.IncomingMessage,
  content: Buffer,
): Promise<object> {
  const headers = { "content-type": request.headers["content-type"]! };
  const form = await new Response(new Uint8Array(content), { headers }).formData();
  const id = `file-${server.files.size}`;
  server.files.set(id, await (form.get("file") as Blob).text());
  return { id, object: "file", purpose: form.get("purpose") };
}

function createBatch(server: BatchServer, content: Buffer): StoredBatch {
  const body = JSON.parse(content.toString()) as StoredBatch;
  const total = server.files.get(body.input_file_id)!.trim().split("\n").length;
  const counts = { request_counts: { total, completed: 0, failed: 0 } };
  const batch = { ...body, id: `batch_${server.batches.length}`, status: "in_progress", ...counts };
  server.batches.unshift(batch);
  return batch;
}

const looked = new Map<StoredBatch, number>();

function lookAt(server: BatchServer, id: string): StoredBatch {
  const batch = server.batches.find((one) => one.id === id)!;
  const looks = (looked.get(batch) ?? 0) + 1;
  looked.set(batch, looks);
  if (looks === server.looks) finish(server, batch);
  return batch;
}

function finish(server: BatchServer, batch: StoredBatch): void {
  batch.status = server.end;
  if (server.end === "failed") {
    batch.errors = { data: [{ code: "token_limit", message: "Enqueued token limit reached" }] };
    return;
  }
  const lines = server.files.get(batch.input_file_id)!.trim().split("\n");
  const output = lines.map((line, index) => {
    const request = JSON.parse(line) as BatchRequest;
    return server.line(request, index) ?? goodLine(request);
  });
  const good = output.filter((line) => "response" in line && line.response);
  const store = (entries: object[], name: string): string | undefined => {
    if (entries.length === 0) return undefined;
    server.files.set(name, entries.map((line) => JSON.stringify(line) + "\n").join(""));
    return name;
  };
  batch.output_file_id = store(good.reverse(), `${batch.id}-output`); // in no order
  const bad = output.filter((line) => !good.includes(line));
  batch.error_file_id = store(bad, `${batch.id}-errors`);
  batch.request_counts.completed = good.length;
}

/** A faultless line of the output; {@link completion} counts 100 and 10 tokens. */
export function goodLine({ custom_id, body }: BatchRequest): object {
  const pairs = goodPairs(passageOf(body.messages));
  return lineWith(custom_id, completion(JSON.stringify({ pairs })));
}

export function lineWith(custom_id: string, body: object): object {
  return { id: "r", custom_id, response: { status_code: 200, request_id: "r", body }, error: null };
}

function passageOf(messages: { content: string }[]): string {
  return messages.map(({ content }) => findPassage(content)).find(Boolean) ?? "";
}
