import { canonicalUrl } from "./page-url";
import { decodeHtml, readBody } from "./read-body";
import { retryRequest, tryAgainLater, type Again, type GivenUp, type RetryContext } from "./retry";

/** What became of a request for a page. */
export type LoadedPage =
  | { kind: "html"; html: string }
  | { kind: "redirect"; target: string }
  | { kind: "refused"; reason: string }
  | GivenUp;

const maxHops = 5;

/** Loads one page. Another page that it redirects to is named, not followed. */
export async function loadPage(url: string, context: RetryContext): Promise<LoadedPage> {
  return retryRequest<LoadedPage>(url, context, (signal) => requestPage(url, context, signal));
}

/** Follows redirects between spellings of one page, such as `/core/index.html` → `/core/`. */
async function requestPage(
  url: string,
  context: RetryContext,
  signal: AbortSignal,
): Promise<LoadedPage | Again> {
  let address = url;
  for (let hop = 0; hop <= maxHops; hop++) {
    const response = await context.fetch(address, {
      redirect: "manual",
      headers: { "user-agent": context.userAgent, accept: "text/html, application/xhtml+xml" },
      signal,
    });
    const target = redirectTarget(response, address);
    if (target === undefined) return readPage(response, context.maxBytes);
    await response.body?.cancel();
    if (canonicalUrl(target) !== canonicalUrl(url)) return { kind: "redirect", target };
    address = target;
  }
  return { kind: "refused", reason: `redirects to itself more than ${maxHops} times` };
}

async function readPage(response: Response, maxBytes: number): Promise<LoadedPage | Again> {
  const refusal = tryAgainLater(response) ?? refuse(response);
  if (refusal) {
    await response.body?.cancel();
    return refusal;
  }
  const body = await readBody(response, maxBytes);
  if (!body) return { kind: "refused", reason: `larger than ${maxBytes / 1e6} MB` };
  const html = decodeHtml(body, response.headers.get("content-type") ?? "");
  if (html === undefined) return { kind: "refused", reason: "its character set is not known" };
  return { kind: "html", html };
}

function refuse({ status, headers }: Response): LoadedPage | undefined {
  if (status !== 200) return { kind: "refused", reason: `the server answers ${status}` };
  const type = headers.get("content-type") ?? "without content type";
  if (/^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(type)) return undefined;
  return { kind: "refused", reason: `not HTML but ${type}` };
}

function redirectTarget(response: Response, address: string): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  if (!location || !URL.canParse(location, address)) return undefined;
  return new URL(location, address).href;
}
