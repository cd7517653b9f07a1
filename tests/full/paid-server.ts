import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { type EmbedFunction, readJsonLines, sha256 } from "mrl/common";
import { findPassage } from "mrl/questions";
import { projectRoot } from "../environment/run-script";
import { completion } from "../questions/stub-server";

/** Stands in for OpenAI on loopback: it wants a key, and answers with the sample's recorded pairs. */
export interface PaidServer {
  url: string;
  /** Requests with the right key, by path. */
  served: string[];
  close: () => Promise<void>;
}

interface Recording {
  sha256: string;
  qa: object[];
}

const dim = 256;

/**
 * @param key the only key it takes; another is refused in words that repeat it, as some servers do
 * @param embed behind its embeddings; by default a text's words, hashed: texts with the same words point the same way
 */
export async function startPaidServer(
  key: string,
  embed: EmbedFunction = async (texts) => texts.map(hashWords),
): Promise<PaidServer> {
  const file = path.join(projectRoot, "data", "sample", "questions.jsonl");
  const recordings = new Map(readJsonLines<Recording>(file).map((one) => [one.sha256, one.qa]));
  const served: string[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    const respond = async (): Promise<void> => {
      const sent = request.headers.authorization ?? "";
      const isKnown = sent === `Bearer ${key}`;
      if (isKnown) served.push(request.url!);
      const refusal = { error: { message: `Incorrect API key provided: ${sent}`, code: null } };
      const body = JSON.parse(Buffer.concat(parts).toString()) as Body;
      const reply = body.input
        ? listVectors(await embed(body.input))
        : answer(body.messages ?? [], recordings);
      response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(isKnown ? reply : refusal));
    };
    request.on("end", () => void respond());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, served, close };
}

interface Body {
  input?: string[];
  messages?: { content: string }[];
}

function answer(messages: { content: string }[], recordings: Map<string, object[]>): object {
  const passage = messages.map(({ content }) => findPassage(content)).find(Boolean) ?? "";
  const reply = completion(JSON.stringify({ pairs: recordings.get(sha256(passage)) }));
  return { ...reply, model: "gpt-4.1-2025-04-14" };
}

function hashWords(text: string): Float32Array {
  const vector = new Float32Array(dim);
  for (const word of text.toLowerCase().match(/\w+/g) ?? [])
    vector[parseInt(sha256(word).slice(0, 8), 16) % dim] += 1;
  return vector;
}

function listVectors(vectors: readonly Float32Array[]): object {
  const data = vectors.map(({ buffer, byteOffset, byteLength }, index) => {
    const embedding = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
    return { object: "embedding", index, embedding };
  });
  return { object: "list", data, usage: { prompt_tokens: 1000, total_tokens: 1000 } };
}
