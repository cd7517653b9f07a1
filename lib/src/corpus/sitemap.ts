import { readBody } from "./read-body";
import { redirectTarget } from "./load-page";
import type { CrawlContext } from "./load-parsed";
import type { Scope } from "./page-url";
import { retryRequest, tryAgainLater } from "./retry";

/** What the sitemaps of a site name. */
export interface SitemapPages {
  urls: string[];
  /** Sitemaps that are named somewhere and could not be read. */
  skipped: { url: string; reason: string }[];
}

const maxSitemaps = 50;

/**
 * Reads the sitemaps that robots.txt names, those of the site's top and of the crawl's folder, and those that
 * they name. None of another site is asked for.
 * @param named addresses in robots.txt
 */
export async function readSitemaps(
  scope: Scope,
  named: readonly string[],
  context: CrawlContext,
): Promise<SitemapPages> {
  const guesses = ["/", scope.prefix].map((folder) => `${scope.origin}${folder}sitemap.xml`);
  const todo = [...new Set([...named, ...guesses])];
  const result: SitemapPages = { urls: [], skipped: [] };
  for (let i = 0; i < todo.length && i < maxSitemaps; i++) {
    const url = todo[i];
    const found = await readSitemap(url, scope, context);
    context.signal.throwIfAborted();
    if (typeof found !== "string") {
      result.urls = result.urls.concat(found.pages);
      todo.push(...found.sitemaps.filter((one) => !todo.includes(one)).slice(0, maxSitemaps));
    } else if (!guesses.includes(url)) {
      result.skipped.push({ url, reason: `sitemap: ${found}` });
    }
  }
  return result;
}

/** @returns what it names, or why it could not be read */
async function readSitemap(
  url: string,
  scope: Scope,
  context: CrawlContext,
): Promise<{ pages: string[]; sitemaps: string[] } | string> {
  if (!URL.canParse(url) || new URL(url).origin !== scope.origin) return "is on another site";
  if (!context.isAllowed(url)) return "robots.txt disallows it";
  const loaded = await retryRequest(url, context, async (signal) => {
    const headers = { "user-agent": context.userAgent };
    const response = await context.fetch(url, { headers, redirect: "manual", signal });
    const refusal = redirectTarget(response, url)
      ? { kind: "refused" as const, reason: "redirects" }
      : (tryAgainLater(response) ?? refuse(response));
    if (refusal) {
      await response.body?.cancel();
      return refusal;
    }
    const body = await readBody(response, context.maxBytes);
    if (body.isWhole) return { kind: "xml" as const, text: new TextDecoder().decode(body.bytes) };
    return { kind: "refused" as const, reason: `larger than ${context.maxBytes / 1e6} MB` };
  });
  return loaded.kind === "xml" ? context.parser.parseSitemap(loaded.text) : loaded.reason;
}

function refuse({ status }: Response): { kind: "refused"; reason: string } | undefined {
  return status === 200 ? undefined : { kind: "refused", reason: `the server answers ${status}` };
}
