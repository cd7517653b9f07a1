import OpenAI from "openai";
import { type Pace, createPace, readRetryAfter } from "./pace";
import { noCredit } from "./protocol-error";

/** Where to send requests. */
export interface ClientOptions {
  /** Address up to and with `/v1`; without it the client's own default, api.openai.com. */
  baseUrl?: string;
  apiKey: string;
  /** Attempts after the first one, for 429, 5xx, lost connections and replies cut short. */
  maxRetries?: number;
  /** Longest wait for one reply. */
  timeoutMs?: number;
  /** Requests begun in a minute at most; 0 or missing: no limit of one's own. */
  requestsPerMinute?: number;
}

/** Longer than any wait for a turn; the time limit of a request begins with its turn. */
const noTimeoutMs = 2 ** 31 - 1;

/**
 * A client for any server that speaks OpenAI's protocol. It tries again by itself, after `Retry-After`
 * where the server sends one, and counts a reply that breaks off or is no JSON among the lost connections
 * (the `openai` package alone does so only until the headers are there). What one request is told to wait,
 * all wait; an account without credit is not tried again.
 */
export function createClient(options: ClientOptions): OpenAI {
  return new OpenAI({
    apiKey: options.apiKey,
    ...(options.baseUrl ? { baseURL: options.baseUrl } : {}),
    maxRetries: options.maxRetries ?? 5,
    timeout: noTimeoutMs,
    logLevel: "off",
    fetch: createFetch(createPace(options.requestsPerMinute ?? 0), options.timeoutMs ?? 120_000),
  });
}

/** A fetch that keeps the pace, and has read the whole body before it answers, so that a broken one is a failed request. */
function createFetch(pace: Pace, timeoutMs: number): typeof fetch {
  return async (input, init = {}) => {
    await pace.turn(init.signal ?? undefined);
    const limits = [init.signal, AbortSignal.timeout(timeoutMs)].filter((one) => one != null);
    const response = await fetch(input, { ...init, signal: AbortSignal.any(limits) });
    const body = await response.text();
    const type = response.headers.get("content-type") ?? "";
    // A batch's output is JSON Lines, whatever its type says.
    if (response.ok && type.includes("json") && !response.url.endsWith("/content")) parseBody(body);
    const headers = new Headers(response.headers);
    headers.delete("content-encoding");
    headers.delete("content-length");
    if (response.status === 429 && body.includes(noCredit)) headers.set("x-should-retry", "false");
    else if (!response.ok) pace.pause(readRetryAfter(headers));
    return new Response(body || null, { status: response.status, headers });
  };
}

function parseBody(body: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new Error("the reply's body is not JSON", { cause: error });
  }
}
