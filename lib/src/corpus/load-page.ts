import type { CachedReply, PageCache } from "./page-cache";
import { pageKey } from "./page-url";
import { decodeHtml, readBody } from "./read-body";
import { retryRequest, tryAgainLater, type Again, type GivenUp, type RetryContext } from "./retry";

/** What the loading of pages shares. */
export interface LoadContext extends RetryContext {
  cache: PageCache;
}

/** What became of a request for a page. */
export type LoadedPage =
  /** `url` is the spelling of the address that the page stands at. */
  | { kind: "html"; html: string; url: string; isUnchanged: boolean }
  | { kind: "redirect"; target: string }
  | { kind: "refused"; reason: string }
  | GivenUp;

const maxHops = 5;

/** Loads one page. Another page that it redirects to is named, not followed. */
export async function loadPage(url: string, context: LoadContext): Promise<LoadedPage> {
  return retryRequest<LoadedPage>(url, context, (signal) => requestPage(url, context, signal));
}

/** Follows redirects between spellings of one page, such as `/core/index.html` → `/core/`. */
async function requestPage(
  url: string,
  context: LoadContext,
  signal: AbortSignal,
): Promise<LoadedPage | Again> {
  let address = url;
  for (let hop = 0; hop <= maxHops; hop++) {
    const cached = context.cache.find(address);
    const response = await context.fetch(address, {
      redirect: "manual",
      headers: {
        "user-agent": context.userAgent,
        accept: "text/html, application/xhtml+xml",
        ...context.cache.conditions(cached),
      },
      signal,
    });
    const target = redirectTarget(response, address);
    if (target === undefined) return readPage(response, address, cached, context);
    await response.body?.cancel();
    if (pageKey(target) !== pageKey(url)) return { kind: "redirect", target };
    address = target;
  }
  return { kind: "refused", reason: `redirects to itself more than ${maxHops} times` };
}

async function readPage(
  response: Response,
  url: string,
  cached: CachedReply | undefined,
  { cache, maxBytes }: LoadContext,
): Promise<LoadedPage | Again> {
  if (response.status === 304 && cached) {
    await response.body?.cancel();
    return { kind: "html", html: cached.html, url, isUnchanged: true };
  }
  const refusal = tryAgainLater(response) ?? refuse(response);
  if (refusal) {
    await response.body?.cancel();
    return refusal;
  }
  const body = await readBody(response, maxBytes);
  if (!body.isWhole) return { kind: "refused", reason: `larger than ${maxBytes / 1e6} MB` };
  const html = decodeHtml(body.bytes, response.headers.get("content-type") ?? "");
  if (html === undefined) return { kind: "refused", reason: "its character set is not known" };
  cache.keep(url, html, response.headers);
  return { kind: "html", html, url, isUnchanged: false };
}

function refuse({ status, headers }: Response): LoadedPage | undefined {
  if (status !== 200) return { kind: "refused", reason: `the server answers ${status}` };
  const type = headers.get("content-type") ?? "without content type";
  if (/^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(type)) return undefined;
  return { kind: "refused", reason: `not HTML but ${type.slice(0, 100)}` };
}

/** Where a redirect leads to, if the reply is one. */
export function redirectTarget(response: Response, address: string): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  if (!location || !URL.canParse(location, address)) return undefined;
  return new URL(location, address).href;
}
