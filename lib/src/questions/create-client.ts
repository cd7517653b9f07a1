import OpenAI from "openai";

/** Where to send requests. */
export interface ClientOptions {
  /** Address up to and with `/v1`; without it the client's own default, api.openai.com. */
  baseUrl?: string;
  apiKey: string;
  /** Attempts after the first one, for 429, 5xx, lost connections and replies cut short. */
  maxRetries?: number;
  /** Longest wait for one reply. */
  timeoutMs?: number;
}

/**
 * A client for any server that speaks OpenAI's protocol. It tries again by itself, after `Retry-After`
 * where the server sends one, and counts a reply that breaks off or is no JSON among the lost connections
 * (the `openai` package alone does so only until the headers are there).
 */
export function createClient(options: ClientOptions): OpenAI {
  return new OpenAI({
    apiKey: options.apiKey,
    ...(options.baseUrl ? { baseURL: options.baseUrl } : {}),
    maxRetries: options.maxRetries ?? 5,
    timeout: options.timeoutMs ?? 120_000,
    logLevel: "off",
    fetch: fetchWhole,
  });
}

/** A fetch that has read the whole body before it answers, so that a broken body is a failed request. */
const fetchWhole: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const body = await response.text();
  const type = response.headers.get("content-type") ?? "";
  if (response.ok && type.includes("json")) parseBody(body);
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(body || null, { status: response.status, headers });
};

function parseBody(body: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new Error("the reply's body is not JSON", { cause: error });
  }
}
