import { redirectTarget } from "./load-page";
import type { CrawlContext } from "./load-parsed";
import type { Scope } from "./page-url";
import type { Sitemap } from "./parse-sitemap";
import { readBody } from "./read-body";
import { retryRequest, tryAgainLater } from "./retry";
import { unpackGzip } from "./unpack-gzip";

/** What the sitemaps of a site name. */
export interface SitemapPages {
  urls: string[];
  /** Sitemaps that are named somewhere, or stand where one is looked for, and could not be read. */
  skipped: { url: string; reason: string }[];
}

/** Why a sitemap was not read. */
interface Unread {
  kind: "missing" | "refused";
  reason: string;
}

const maxSitemaps = 50;

/**
 * Reads the sitemaps that robots.txt names, those of the site's top and of the crawl's folder (`sitemap.xml`, else
 * `sitemap.xml.gz`), and those that they name. None of another site is asked for.
 * @param named addresses in robots.txt
 */
export async function readSitemaps(
  scope: Scope,
  named: readonly string[],
  context: CrawlContext,
): Promise<SitemapPages> {
  const places = ["/", scope.prefix].map((folder) => `${scope.origin}${folder}sitemap.xml`);
  const guesses = new Set(places.filter((url) => !named.includes(url)));
  const todo = new Set([...named, ...guesses]);
  const result: SitemapPages = { urls: [], skipped: [] };
  let read = 0;
  // What is added to the set on the way is visited too.
  for (const url of todo) {
    if (read++ === maxSitemaps) break;
    const found = await readSitemap(url, scope, context);
    context.signal.throwIfAborted();
    if ("pages" in found) {
      result.urls = result.urls.concat(found.pages);
      const more = found.sitemaps.filter((one) => !todo.has(one));
      for (const one of more.slice(0, maxSitemaps)) todo.add(one);
    } else if (!guesses.has(url) || found.kind !== "missing") {
      result.skipped.push({ url, reason: `sitemap: ${found.reason}` });
    } else if (places.includes(url)) {
      guesses.add(`${url}.gz`);
      todo.add(`${url}.gz`);
    }
  }
  return result;
}

/** @returns what it names, or why it could not be read */
async function readSitemap(
  url: string,
  scope: Scope,
  context: CrawlContext,
): Promise<Sitemap | Unread> {
  const refused = (reason: string): Unread => ({ kind: "refused", reason });
  if (!URL.canParse(url) || new URL(url).origin !== scope.origin)
    return refused("is on another site");
  if (!context.isAllowed(url)) return { kind: "missing", reason: "robots.txt disallows it" };
  const loaded = await retryRequest(url, context, async (signal) => {
    const headers = { "user-agent": context.userAgent };
    const response = await context.fetch(url, { headers, redirect: "manual", signal });
    const refusal = tryAgainLater(response) ?? findMissing(response, url);
    if (refusal) {
      await response.body?.cancel();
      return refusal;
    }
    const body = await readBody(response, context.maxBytes);
    if (!body.isWhole) return refused(`larger than ${context.maxBytes / 1e6} MB`);
    const bytes = await unpackGzip(body.bytes, context.maxBytes);
    if (typeof bytes === "string") return refused(bytes);
    return { kind: "xml" as const, text: new TextDecoder().decode(bytes) };
  });
  if (loaded.kind === "given up") return refused(loaded.reason);
  if (loaded.kind !== "xml") return loaded;
  const parsed = await context.parser.parseSitemap(loaded.text);
  return typeof parsed === "string" ? refused(parsed) : parsed;
}

function findMissing(response: Response, url: string): Unread | undefined {
  if (redirectTarget(response, url)) return { kind: "missing", reason: "redirects" };
  const { status } = response;
  return status === 200 ? undefined : { kind: "missing", reason: `the server answers ${status}` };
}
