import type OpenAI from "openai";
import { type EmbedFunction, InputError, sha256 } from "../common/index";
import { type Budget, createBudget } from "./budget";
import { countTokens } from "./count-tokens";
import { type Price, costOf, findPrice } from "./prices";
import { callServer } from "./request-reply";
import { type VectorStore, openVectorStore } from "./vector-store";

/** Which server and model embed. */
export interface ServerEmbedder {
  client: OpenAI;
  model: string;
  /** Texts a request; the protocol allows 2048 and, at OpenAI, 300,000 tokens. */
  batchSize?: number;
  /** Where vectors are kept, a file a request, so that none is paid for twice. */
  folder?: string;
  /** Dollars that may be spent in all, the folder's included; without it only a model that costs nothing is asked. */
  maxUsd?: number;
  /** What else has been spent of it, for questions. */
  spentUsd?: number;
  signal?: AbortSignal;
}

/**
 * An embed function that asks a server of OpenAI's protocol, batch after batch. The vectors come as base64,
 * the client's default, and are brought to unit length. Texts whose vector the folder has are not sent. The protocol
 * knows no roles, so that a question and a passage are embedded alike.
 * @throws InputError, Error as {@link requestReply}, and InputError where the budget is reached, from the function it
 * returns
 */
export function embedWithServer(options: ServerEmbedder): EmbedFunction {
  const { client, model, batchSize = 256, signal } = options;
  return async (texts, { onProgress } = {}) => {
    const price = findPrice(model, client.baseURL);
    const store = openVectorStore(options.folder, model);
    const earlier = store.spentUsd + (options.spentUsd ?? 0);
    const budget = createBudget(options.maxUsd ?? 0, earlier);
    const missing = [...new Set(texts)].filter((text) => !store.known.has(sha256(text)));
    for (let start = 0; start < missing.length; start += batchSize) {
      signal?.throwIfAborted();
      onProgress?.(texts.length - missing.length + start, texts.length);
      await embedBatch(missing.slice(start, start + batchSize), store, { price, budget }, options);
    }
    onProgress?.(texts.length, texts.length);
    return texts.map((text) => store.known.get(sha256(text))!);
  };
}

async function embedBatch(
  input: string[],
  store: VectorStore,
  { price, budget }: { price: Price; budget: Budget },
  { client, model, signal }: ServerEmbedder,
): Promise<void> {
  const isPaid = price.input > 0;
  const prompt = isPaid ? input.reduce((sum, text) => sum + countTokens(text), 0) : 0;
  const reserved = costOf({ prompt, completion: 0 }, price);
  await budget.reserve(reserved);
  let costUsd = 0;
  try {
    const reply = await callServer(client, model, () =>
      client.embeddings.create({ model, input }, { signal: signal && AbortSignal.any([signal]) }),
    );
    const tokens = reply?.usage?.prompt_tokens ?? prompt;
    costUsd = costOf({ prompt: tokens, completion: 0 }, price);
    const vectors = readVectors(reply, input.length, `${client.baseURL}, model "${model}"`);
    store.add(input, vectors, { tokens, costUsd });
  } finally {
    budget.settle(reserved, costUsd);
  }
}

function readVectors(
  reply: OpenAI.CreateEmbeddingResponse | undefined,
  count: number,
  where: string,
): Float32Array[] {
  const data = reply?.data ?? [];
  const byIndex = new Map(data.map(({ index, embedding }) => [index, embedding]));
  const vectors = Array.from({ length: count }, (_, i) => Float32Array.from(byIndex.get(i) ?? []));
  if (vectors.some((one) => one.length === 0 || one.length !== vectors[0].length))
    throw new InputError(
      `${where} sent ${data.length} vectors for ${count} texts, or not all of one length; it may not embed`,
    );
  return vectors.map(toUnitLength);
}

function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return Math.abs(length - 1) < 1e-6 || length === 0 ? vector : vector.map((x) => x / length);
}
