import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { findPassage } from "mrl/questions";
import type { Chunk } from "mrl/common";

/** What the server does with one request; `cut` sends half of the body and hangs up. */
export interface StubReply {
  status?: number;
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  cut?: boolean;
  delayMs?: number;
}

/** A request as the server saw it. */
export interface SeenRequest {
  path: string;
  messages: { role: string; content: string }[];
  /** The passage asked about, if the request is one for questions. */
  passage: string;
  body: Record<string, unknown>;
}

/** A real HTTP server on loopback that answers as a test says and keeps what it was asked. */
export async function startStub(
  reply: (request: SeenRequest, index: number) => StubReply,
): Promise<{ url: string; requests: SeenRequest[]; close: () => Promise<void> }> {
  const requests: SeenRequest[] = [];
  const server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      const messages = (body.messages ?? []) as SeenRequest["messages"];
      const passage = messages.map((message) => findPassage(message.content)).find(Boolean) ?? "";
      const seen = { path: request.url ?? "", messages, passage, body };
      requests.push(seen);
      const { delayMs = 0, ...what } = reply(seen, requests.length - 1);
      setTimeout(() => send(response, what), delayMs).unref();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/v1`, requests, close };
}

function send(
  response: http.ServerResponse,
  { status = 200, headers, body, cut }: StubReply,
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": length,
    ...headers,
  });
  if (!cut) return void response.end(text);
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

/** A completion that carries `content`, with 100 prompt and 10 completion tokens. */
export function completion(
  content: string,
  change: { finish?: string; refusal?: string } = {},
): object {
  const { finish = "stop", refusal = null } = change;
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "stub-2026-01-01",
    choices: [
      { index: 0, finish_reason: finish, message: { role: "assistant", content, refusal } },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  };
}

/** A passage of four facts; {@link goodPairs} asks about each. */
export function makeChunk(id: number, page = `page-${id % 3}.html`): Chunk {
  const text = `Weft ${id}\n\nPort is ${id}. Host is h${id}.\nUser is u${id}. Path is /p${id}.`;
  return { global_chunk_id: id, page, text };
}

/** The pairs that a faultless model would write about a passage of {@link makeChunk}. */
export function goodPairs(passage: string): { question: string; answer: string }[] {
  return (passage.match(/\w+ is [^\s]+\./g) ?? []).map((answer) => {
    return {
      question: `What is the ${answer.split(" ")[0]} of ${passage.split("\n")[0]}?`,
      answer,
    };
  });
}

/** A faultless reply to a request for questions. */
export function goodReply({ passage }: { passage: string }): StubReply {
  return { body: completion(JSON.stringify({ pairs: goodPairs(passage) })) };
}
