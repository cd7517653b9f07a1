import { setTimeout as sleep } from "node:timers/promises";
import { InputError, describeError } from "../common/index";
import type { CrawlEvent, Politeness } from "./crawl-types";
import type { HostPace } from "./host-pace";

/** What every request of one crawl shares. */
export interface RetryContext extends Politeness {
  fetch: typeof fetch;
  signal: AbortSignal;
  onEvent: (event: CrawlEvent) => void;
  pace: HostPace;
}

/** An attempt that failed in a way that may pass. */
export interface Again {
  kind: "again";
  reason: string;
  /** What the server asks to wait. */
  waitMs?: number;
}

/** All attempts failed: the server is down, or too busy for us. */
export interface GivenUp {
  kind: "given up";
  reason: string;
}

/** What `response` says to try again (408, 429, 5xx), if it says so. */
export function tryAgainLater({ status, headers }: Response): Again | undefined {
  if (![408, 429, 500, 502, 503, 504].includes(status)) return undefined;
  const waitMs = parseRetryAfter(headers.get("retry-after"));
  return { kind: "again", reason: `the server answers ${status}`, waitMs };
}

/**
 * Makes a request until it succeeds, with growing pauses or those that the server asks for. A broken
 * connection and a timeout count as {@link Again}.
 * @throws the signal's reason when it is aborted, and an InputError of `request`
 */
export async function retryRequest<T extends { kind: string }>(
  url: string,
  context: RetryContext,
  request: (signal: AbortSignal) => Promise<T | Again>,
): Promise<Exclude<T, Again> | GivenUp> {
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(context, request);
    if (result.kind !== "again") return result as Exclude<T, Again>;
    const { reason, waitMs: asked } = result as Again;
    if (attempt >= context.maxTries)
      return { kind: "given up", reason: `${reason} (tried ${attempt} times)` };
    if (asked !== undefined && asked > context.maxWaitMs)
      return {
        kind: "given up",
        reason: `${reason} and asks to wait ${Math.ceil(asked / 1000)} s`,
      };
    const backoffMs = Math.min(context.maxWaitMs, context.backoffMs * 2 ** (attempt - 1));
    const waitMs = asked ?? backoffMs;
    context.onEvent({ type: "retry", url, reason, attempt, waitMs });
    if (asked !== undefined) context.pace.hold(asked);
    await sleep(waitMs, undefined, { signal: context.signal });
  }
}

async function attemptOnce<T>(
  { signal, timeoutMs, pace }: RetryContext,
  request: (signal: AbortSignal) => Promise<T | Again>,
): Promise<T | Again> {
  await pace.turn();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await request(AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InputError) throw error;
    const late = `the reply was not whole within ${timeoutMs / 1000} s`;
    return { kind: "again", reason: timeout.aborted ? late : describeError(error) };
  }
}

/** Milliseconds that a `Retry-After` header asks for, as seconds or as a date; nothing when it says neither. */
export function parseRetryAfter(
  header: string | null,
  now: number = Date.now(),
): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
