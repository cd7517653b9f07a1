import type OpenAI from "openai";
import { type EmbedFunction, InputError, type ProgressListener } from "../common/index";
import { callServer } from "./request-reply";

/** Which server and model embed. */
export interface ServerEmbedder {
  client: OpenAI;
  model: string;
  /** Texts a request; the protocol allows 2048 and, at OpenAI, 300,000 tokens. */
  batchSize?: number;
  onProgress?: ProgressListener;
  signal?: AbortSignal;
}

/**
 * An embed function that asks a server of OpenAI's protocol, batch after batch. The vectors come as base64,
 * the client's default, and are brought to unit length.
 * @throws InputError, Error as {@link requestReply}, from the function it returns
 */
export function embedWithServer(options: ServerEmbedder): EmbedFunction {
  const { batchSize = 256, onProgress, signal } = options;
  return async (texts) => {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += batchSize) {
      signal?.throwIfAborted();
      vectors.push(...(await embedBatch(texts.slice(start, start + batchSize), options)));
      onProgress?.(vectors.length, texts.length);
    }
    return vectors;
  };
}

async function embedBatch(
  input: string[],
  { client, model, signal }: ServerEmbedder,
): Promise<Float32Array[]> {
  const reply = await callServer(client, model, () =>
    client.embeddings.create({ model, input }, { signal: signal && AbortSignal.any([signal]) }),
  );
  const data = reply?.data ?? [];
  const byIndex = new Map(data.map(({ index, embedding }) => [index, embedding]));
  return input.map((_, index) => {
    const vector = Float32Array.from(byIndex.get(index) ?? []);
    if (vector.length === 0)
      throw new InputError(
        `${client.baseURL} sent ${data.length} vectors for ${input.length} texts; "${model}" may not embed`,
      );
    return toUnitLength(vector);
  });
}

function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return Math.abs(length - 1) < 1e-6 || length === 0 ? vector : vector.map((x) => x / length);
}
