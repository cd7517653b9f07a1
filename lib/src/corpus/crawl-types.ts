import type { PageEntry } from "./page-store";

/** What `crawlSite` needs to know. */
export interface CrawlOptions {
  /** The page to start from; its folder bounds the crawl. */
  startUrl: string;
  /** Gets one `.txt` a page and `manifest.json`. */
  folder: string;
  /** Pages loaded at the same time. */
  concurrency: number;
  /** So many pages are loaded at most, in the order in which they are found. */
  maxPages: number;
  fetch?: typeof fetch;
  /** Stops the crawl; nothing is written then. */
  signal?: AbortSignal;
  onEvent?: (event: CrawlEvent) => void;
  /** How patient and polite the crawl is; see {@link politeness}. */
  politeness?: Partial<Politeness>;
}

export interface Politeness {
  userAgent: string;
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
}

/** The politeness of a crawl that is told nothing else. */
export const politeness: Politeness = {
  userAgent: "matryoshka-search/0.1 (documentation crawler; honours robots.txt)",
  timeoutMs: 30_000,
  maxTries: 4,
  backoffMs: 500,
  maxWaitMs: 60_000,
  maxBytes: 5_000_000,
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
  /** Pages that were found but not kept, and why. */
  skipped: { url: string; reason: string }[];
  /** Addresses that lead to another page of the site, which is crawled itself. */
  redirected: { url: string; target: string }[];
  /** Pages found, loaded or not: more than were loaded when `maxPages` ended the crawl. */
  found: number;
}
