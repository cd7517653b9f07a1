import robotsParser from "robots-parser";
import { InputError } from "../common/index";
import { redirectTarget } from "./load-page";
import { readBody } from "./read-body";
import { retryRequest, tryAgainLater, type RetryContext } from "./retry";

/** What a site's robots.txt asks of this crawler. */
export interface Robots {
  isAllowed(url: string): boolean;
  /** Pause between two requests. */
  delayMs: number;
  /** Addresses of sitemaps, as they stand there. */
  sitemaps: string[];
}

/** More of a robots.txt is not read (RFC 9309, section 2.5, asks for at least this much). */
const maxRobotsBytes = 512_000;
const maxRedirects = 5;
const wayOut =
  "check that the site is up and that site.startUrl (MRL_SITE_START_URL) is right, then run this again";

/**
 * Reads `/robots.txt` (RFC 9309). Where there is none, everything is allowed. Redirects are followed inside the
 * site.
 * @throws InputError when the site does not answer, fails to say what may be crawled, or wants to be crawled
 *   more slowly than `maxWaitMs` allows
 */
export async function loadRobots(origin: string, context: RetryContext): Promise<Robots> {
  const address = `${origin}/robots.txt`;
  const result = await retryRequest(address, context, async (signal) => {
    const response = await requestRobots(address, context, signal);
    const body = response.ok ? await readBody(response, maxRobotsBytes) : undefined;
    if (!body) await response.body?.cancel();
    const text = new TextDecoder().decode(body?.bytes);
    return tryAgainLater(response) ?? { kind: "rules" as const, text };
  });
  if (result.kind === "given up") {
    throw new InputError(`${address} could not be read: ${result.reason}; ${wayOut}`);
  }
  const robots = robotsParser(address, result.text);
  const asked = 1000 * (robots.getCrawlDelay(context.userAgent) ?? 0);
  if (asked > context.maxWaitMs)
    throw new InputError(
      `${address} asks for ${asked / 1000} s between two requests: ask the site's owner for a copy ` +
        "of the documentation, or build it from its sources and serve it yourself",
    );
  return {
    isAllowed: (url) => robots.isAllowed(url, context.userAgent) !== false,
    delayMs: Math.max(context.delayMs, asked || 0),
    sitemaps: robots.getSitemaps(),
  };
}

async function requestRobots(
  address: string,
  { fetch, userAgent }: RetryContext,
  signal: AbortSignal,
): Promise<Response> {
  let url = address;
  for (let i = 0; i <= maxRedirects; i++) {
    const headers = { "user-agent": userAgent };
    const response = await fetch(url, { headers, redirect: "manual", signal });
    const target = redirectTarget(response, url);
    if (target === undefined) return response;
    await response.body?.cancel();
    if (new URL(target).origin !== new URL(address).origin)
      throw new InputError(
        `${address} redirects to ${target}, which is another site; set site.startUrl ` +
          "(MRL_SITE_START_URL) to the site that you mean",
      );
    url = target;
  }
  throw new InputError(`${address} redirects more than ${maxRedirects} times; ${wayOut}`);
}
