import OpenAI, { APIError, APIUserAbortError } from "openai";
import { InputError, describeError } from "../common/index";
import { noCredit, replayCode } from "./protocol-error";
import type { TokenUsage } from "./types";

/** A message of a conversation, in the words of the Chat Completions protocol. */
export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** What came back for one request. */
export interface ChatReply {
  text: string;
  /** The model that the server says answered. */
  model: string;
  /** Why the text ends: `stop`, `length`, … */
  finishReason: string;
  /** The model's words when it declines to answer. */
  refusal?: string;
  tokens: TokenUsage;
}

/** One request to a chat model. */
export interface ChatRequest {
  model: string;
  messages: readonly ChatMessage[];
  /** JSON schema that the reply must follow, with its name. */
  schema?: { name: string; schema: Record<string, unknown> };
  signal?: AbortSignal;
}

/**
 * Sends one request and waits for its reply; the client tries again by itself where that can help.
 * @throws InputError for what only a change of settings mends: 400, 401, 403, 404, a reply without content
 * @throws Error for what may pass: limits, server errors and lost connections that outlast the retries
 */
export async function requestReply(client: OpenAI, request: ChatRequest): Promise<ChatReply> {
  const { model, signal } = request;
  const completion = await callServer(client, model, () =>
    // A signal of its own: the client never takes its listener off again.
    client.chat.completions.create(buildRequest(request), {
      signal: signal && AbortSignal.any([signal]),
    }),
  );
  return readCompletion(completion, model, client.baseURL);
}

/** The body of that request. */
export function buildRequest({
  model,
  messages,
  schema,
}: ChatRequest): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const format = schema && {
    response_format: { type: "json_schema" as const, json_schema: { ...schema, strict: true } },
  };
  return { model, messages: [...messages], ...format };
}

/** What a completion says. @throws InputError when it is none */
export function readCompletion(
  completion: OpenAI.ChatCompletion | undefined,
  model: string,
  baseUrl: string,
): ChatReply {
  const choice = completion?.choices?.[0];
  if (!choice?.message)
    throw new InputError(
      `${baseUrl} answered without a message; check that it speaks the Chat Completions protocol`,
    );
  return {
    text: choice.message.content ?? "",
    model: completion?.model ?? model,
    finishReason: choice.finish_reason,
    ...(choice.message.refusal ? { refusal: choice.message.refusal } : {}),
    tokens: {
      prompt: completion?.usage?.prompt_tokens ?? 0,
      completion: completion?.usage?.completion_tokens ?? 0,
    },
  };
}

/**
 * Runs one call of the client and turns its errors into ours, with the way out and never with the key.
 * @param model the model asked for, to name it in the error
 */
export async function callServer<T>(
  client: OpenAI,
  model: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isServerError(error)) throw error;
    const failure: APIFailure = error;
    const message = `${client.baseURL}: ${explain(failure, model)}`;
    const safe = hideKey(message, client.apiKey);
    throw isOurs(failure.status) || failure.code === noCredit
      ? new InputError(safe)
      : new Error(safe);
  }
}

function isServerError(error: unknown): error is APIError {
  return error instanceof APIError && !(error instanceof APIUserAbortError);
}

/** Some servers repeat the key in their refusal. A placeholder such as `none` is no secret. */
function hideKey(message: string, key: string | null): string {
  return key && key.length >= 8 ? message.replaceAll(key, "[key]") : message;
}

function isOurs(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408;
}

const wayOut: Record<number, string> = {
  401: "the key is not accepted; set OPENAI_API_KEY in the environment or in .env to a valid one",
  403: "the key may not do this; use another key, or grant it the model",
  404:
    "check the model's name and the server's address (MRL_QUESTIONS_MODEL, MRL_FILTER_EMBEDDER, " +
    "MRL_QUESTIONS_BASE_URL)",
  429:
    "the limit outlasted every retry; wait, or lower MRL_QUESTIONS_CONCURRENCY or " +
    "MRL_QUESTIONS_REQUESTS_PER_MINUTE, and run it again",
};

/** A failed request as the client throws it. */
type APIFailure = InstanceType<typeof OpenAI.APIError>;

function explain(error: APIError, model: string): string {
  const status = error.status;
  if (status === undefined)
    return `${describeError(error)}; check the connection and run it again, finished work is kept`;
  const said = `model "${model}": ${error.message}`;
  if (error.code === replayCode) return said;
  if (error.code === noCredit) return `${said}; add credit to the account, then run it again`;
  if (wayOut[status]) return `${said}; ${wayOut[status]}`;
  return isOurs(status)
    ? `${said}; the server refuses the request as it is`
    : `${said}; every retry failed, run it again later, finished work is kept`;
}
