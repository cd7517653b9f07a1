/** The part of the web that one crawl may touch. */
export interface Scope {
  origin: string;
  /** Folder of the start page, with a slash at both ends: `/en/latest/`. */
  prefix: string;
}

/** The folder that a start page stands in: what the crawl may touch. */
export function scopeOf(startUrl: string): Scope {
  const { origin, pathname } = new URL(canonicalUrl(startUrl));
  return { origin, prefix: pathname.slice(0, pathname.lastIndexOf("/") + 1) };
}

/**
 * One spelling for all addresses of a page: without fragment, user and a final `index.html`, the query in
 * order, percent-encoding only where needed and in capitals, `..` resolved.
 */
export function canonicalUrl(address: string): string {
  const url = new URL(address);
  url.hash = "";
  url.username = "";
  url.password = "";
  url.pathname = url.pathname.replace(/%[0-9a-f]{2}/gi, plainEscape);
  url.pathname = url.pathname.replace(/\/index\.html$/, "/");
  if (url.search) url.searchParams.sort();
  if (!url.searchParams.size) url.search = "";
  return url.href;
}

function plainEscape(escape: string): string {
  const character = String.fromCharCode(parseInt(escape.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
}

/** What tells pages apart: the canonical address without a slash at the end of its path. */
export function pageKey(address: string): string {
  const url = new URL(canonicalUrl(address));
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url.href;
}

/**
 * Whether an address is of the same origin and below the prefix, however a server may read it: one that would
 * climb out with an escaped `../` is not.
 */
export function isInside(scope: Scope, address: string): boolean {
  const { origin, pathname } = new URL(canonicalUrl(address));
  if (origin !== scope.origin || !pathname.startsWith(scope.prefix)) return false;
  return !pathname
    .replace(/%2F|%5C/g, "/")
    .split("/")
    .includes("..");
}

/** The path below the prefix, with its query; a folder's own page is its `index.html`. */
export function pagePath(scope: Scope, address: string): string {
  const { pathname, search } = new URL(canonicalUrl(address));
  const path = pathname.slice(scope.prefix.length);
  return (path === "" || path.endsWith("/") ? `${path}index.html` : path) + search;
}
