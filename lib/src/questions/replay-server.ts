import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { type EmbedFunction, describeError } from "../common/index";
import { ProtocolError } from "./protocol-error";
import { readRecordings, recordedModel } from "./recordings";
import { type SpoiledReplies, createChatResponder } from "./replay-chat";
import { type LocalEmbedder, respondEmbeddings } from "./replay-embeddings";

/** What the replay server answers from. */
export interface ReplayOptions {
  /** File of recorded answers, a JSON line a passage. */
  recordings: string;
  /** The local encoder; without it there are no embeddings. */
  embed?: EmbedFunction;
  /** The encoder's own name; the server answers under no other. */
  embedModel?: string;
  /** Whose first reply is spoiled, so that asking again is seen to work: no JSON, 3 pairs, an invented answer. */
  spoiled?: SpoiledReplies;
}

/** A server that listens on loopback until it is closed. */
export interface ReplayServer {
  /** Base address for a client; ends in `/v1`. */
  url: string;
  close: () => Promise<void>;
}

const maxBodyBytes = 64 * 1024 * 1024;

/**
 * Serves recorded answers in the Chat Completions protocol on a free loopback port, so that the `openai`
 * client runs unchanged without network or key. It finds the passage (or the question) between the markers
 * of this module's prompts. What was not recorded is answered with a 404 that says so. Token counts are
 * estimates of four characters a token.
 */
export async function startReplayServer(options: ReplayOptions): Promise<ReplayServer> {
  const { embed, embedModel } = options;
  const chat = createChatResponder(readRecordings(options.recordings), options.spoiled ?? 0);
  const local = embed && embedModel ? { embed, model: embedModel } : undefined;
  const routes: Record<string, (body: object) => Promise<Record<string, unknown>>> = {
    "POST /v1/chat/completions": async (body) => chat(body),
    "POST /v1/embeddings": (body) => respondEmbeddings(body, local),
    "GET /v1/models": async () => listModels(local),
  };
  const server = http.createServer((request, response) => {
    void answer(request, response, routes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  routes: Record<string, (body: object) => Promise<Record<string, unknown>>>,
): Promise<void> {
  let status = 200;
  let body: Record<string, unknown>;
  try {
    const route = routes[`${request.method} ${request.url}`];
    if (!route) throw new ProtocolError(404, `nothing answers ${request.method} ${request.url}`);
    body = await route(request.method === "POST" ? await readBody(request) : {});
  } catch (error) {
    const refusal =
      error instanceof ProtocolError ? error : new ProtocolError(500, describeError(error));
    status = refusal.status;
    body = refusal.toBody();
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function readBody(request: http.IncomingMessage): Promise<object> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes)
      throw new ProtocolError(413, `the body is above ${maxBodyBytes} bytes`);
    parts.push(part);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString("utf8"));
    if (typeof body === "object" && body !== null) return body;
    throw new SyntaxError("not an object");
  } catch (error) {
    throw new ProtocolError(400, `the body is not JSON (${describeError(error)})`);
  }
}

function listModels(local: LocalEmbedder | undefined): Record<string, unknown> {
  const names = local ? [recordedModel, local.model] : [recordedModel];
  const data = names.map((id) => ({ id, object: "model", created: 0, owned_by: "local" }));
  return { object: "list", data };
}
