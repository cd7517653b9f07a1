import type { LookupFunction } from "node:net";
import type { PageEntry } from "./page-store";

/** What `crawlSite` needs to know; how patient and polite it is can be left to {@link politeness}. */
export interface CrawlOptions extends Partial<PageSelectors>, Partial<Politeness> {
  /** The page to start from; its folder bounds the crawl. */
  startUrl: string;
  /** Gets one `.txt` a page and `manifest.json`. */
  folder: string;
  /** Pages loaded at the same time. */
  concurrency: number;
  /** So many pages are loaded at most, in the order in which they are found. */
  maxPages: number;
  /** Whether pages that only a sitemap names are read too, after those that pages lead to (default true). */
  useSitemap?: boolean;
  /** Keeps what servers sent, so that a later crawl asks only for what has changed. Without it: nothing. */
  cacheFolder?: string;
  /** Stands for the web; the guard against private addresses is then the caller's. */
  fetch?: typeof fetch;
  /** Finds a host's addresses, in place of the system's resolver. */
  lookup?: LookupFunction;
  /** Stops the crawl; nothing is written then. */
  signal?: AbortSignal;
  onEvent?: (event: CrawlEvent) => void;
}

/** Where pages keep what the crawl looks for, as CSS selectors. */
export interface PageSelectors {
  /** The element that holds a page's text. Where a page has none: `main`, `[role=main]` or `article`. */
  articleSelector: string;
  /** The links to follow, beside those of navigation. Where a page has none: each of its links. */
  sidebarSelector: string;
}

export interface Politeness {
  /** Says who asks. Its part before the slash is the name that robots.txt knows the crawler by. */
  userAgent: string;
  /** Pause between two requests; a longer one that robots.txt asks for is kept. */
  delayMs: number;
  /** A page must have arrived whole after so long. */
  timeoutMs: number;
  /** Requests for one page until it is skipped. */
  maxTries: number;
  /** Pause before the second try; it doubles with each further one, unless the server names one. */
  backoffMs: number;
  /** A server that asks for a longer pause is not waited for. */
  maxWaitMs: number;
  /** A larger page is skipped. */
  maxBytes: number;
  /** A page whose HTML takes longer to read is skipped. */
  parseMs: number;
  /** A page whose HTML takes more memory to read, in MB, is skipped. */
  parseMb: number;
}

/** The politeness of a crawl that is told nothing else. */
export const politeness: Politeness = {
  userAgent: "matryoshka-search/0.1 (documentation crawler; honours robots.txt)",
  delayMs: 0,
  timeoutMs: 30_000,
  maxTries: 4,
  backoffMs: 500,
  maxWaitMs: 60_000,
  maxBytes: 5_000_000,
  parseMs: 20_000,
  parseMb: 512,
};

/** How a crawl goes, as it goes. `done` and `found` count pages, `found` at most `maxPages`. */
export type CrawlEvent =
  | { type: "page"; url: string; page: string; title: string; done: number; found: number }
  | { type: "skipped"; url: string; reason: string; done: number; found: number }
  | { type: "redirected"; url: string; target: string; done: number; found: number }
  | { type: "retry"; url: string; reason: string; attempt: number; waitMs: number };

export interface CrawlResult {
  /** The manifest, by path. */
  pages: PageEntry[];
  /** Pages and sitemaps that were found but not kept, and why. */
  skipped: { url: string; reason: string }[];
  /** Addresses that lead to another page of the site, which is crawled itself. */
  redirected: { url: string; target: string }[];
  /** Pages found, loaded or not, and sitemaps skipped: the rest of the sum was cut off by `maxPages`. */
  found: number;
  /** Pages that the server said have not changed since the last crawl, and did not send again. */
  unchanged: number;
}
