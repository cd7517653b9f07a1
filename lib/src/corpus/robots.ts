import { setTimeout as sleep } from "node:timers/promises";
import robotsParser from "robots-parser";
import { InputError } from "../common/index";
import { readBody } from "./read-body";
import { retryRequest, tryAgainLater, type RetryContext } from "./retry";

/** What a site's robots.txt asks of this crawler. */
export interface Robots {
  isAllowed(url: string): boolean;
  /** Pause between two requests. */
  delayMs: number;
}

/**
 * Reads `/robots.txt` (RFC 9309). Where there is none, everything is allowed.
 * @throws InputError when the site does not answer, or fails to say what may be crawled
 */
export async function loadRobots(origin: string, context: RetryContext): Promise<Robots> {
  const address = `${origin}/robots.txt`;
  const headers = { "user-agent": context.userAgent };
  const result = await retryRequest(address, context, async (signal) => {
    const response = await context.fetch(address, { headers, signal });
    const body = response.ok ? await readBody(response, 500_000) : undefined;
    if (!response.ok) await response.body?.cancel();
    return tryAgainLater(response) ?? { kind: "rules" as const, text: decode(body) };
  });
  if (result.kind === "given up") {
    throw new InputError(
      `${address} could not be read: ${result.reason}; check that the site is up and that ` +
        "site.startUrl (MRL_SITE_START_URL) is right, then run this again",
    );
  }
  const robots = robotsParser(address, result.text);
  return {
    isAllowed: (url) => robots.isAllowed(url, context.userAgent) !== false,
    delayMs: 1000 * (robots.getCrawlDelay(context.userAgent) ?? 0),
  };
}

function decode(body: Uint8Array | undefined): string {
  return new TextDecoder().decode(body);
}

/** Spaces requests by `delayMs`, whoever sends them. */
export function createPace(delayMs: number, signal: AbortSignal): () => Promise<void> {
  let next = 0;
  return async () => {
    const at = Math.max(Date.now(), next);
    next = at + delayMs;
    if (delayMs > 0) await sleep(at - Date.now(), undefined, { signal });
  };
}
