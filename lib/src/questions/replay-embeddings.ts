import type { EmbedFunction } from "../common/index";
import { ProtocolError } from "./protocol-error";
import { estimateTokens } from "./replay-chat";

/** The part of an embeddings request that the replay reads. */
export interface EmbeddingsBody {
  model?: unknown;
  input?: unknown;
  encoding_format?: unknown;
  dimensions?: unknown;
}

/** The local encoder, with the name that it answers under. */
export interface LocalEmbedder {
  model: string;
  embed: EmbedFunction;
}

/** Answers the body of one embeddings request with the local encoder's vectors. */
export async function respondEmbeddings(
  body: EmbeddingsBody,
  local: LocalEmbedder | undefined,
): Promise<Record<string, unknown>> {
  if (!local || body.model !== local.model)
    throw new ProtocolError(
      404,
      `there is no embedding model "${String(body.model)}" here${local ? `, only "${local.model}"` : ""}`,
    );
  if (body.dimensions !== undefined)
    throw new ProtocolError(400, "dimensions is not supported; slice and renormalise the vectors");
  const texts = readInput(body.input);
  const base64 = body.encoding_format === "base64";
  const vectors = await local.embed(texts);
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  return {
    object: "list",
    model: local.model,
    data: vectors.map((vector, index) => {
      return { object: "embedding", index, embedding: base64 ? toBase64(vector) : [...vector] };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Little-endian float32 as base64, the way the protocol sends it. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

function readInput(input: unknown): string[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (texts.length === 0 || !texts.every((text) => typeof text === "string" && text !== ""))
    throw new ProtocolError(400, "input must be a text or a list of texts, none of them empty");
  return texts as string[];
}
