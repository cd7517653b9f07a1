/** Which site is crawled, where its pages keep text and links, and how patient and polite the crawl is. */
export interface SiteSettings {
  /** Page to start from; empty: the sample site, built with Sphinx and served on loopback. */
  startUrl: string;
  /** CSS selector of a page's text; where it finds nothing: `main`, `[role=main]` or `article`. */
  articleSelector: string;
  /** CSS selector of the links to follow; where it finds nothing: every link of the page. */
  sidebarSelector: string;
  /** Whether pages that only a sitemap names are crawled too. */
  useSitemap: boolean;
  /** The crawl stops after so many pages. */
  maxPages: number;
  /** Pages loaded at the same time. */
  concurrency: number;
  /** Pause between two requests; a longer one that robots.txt asks for is kept. */
  delayMs: number;
  /** A page must have arrived whole after so long. */
  timeoutMs: number;
  /** Requests for one page until it is skipped. */
  maxTries: number;
  /** A larger page is skipped. */
  maxBytes: number;
  /** How the crawler introduces itself; robots.txt knows it by what stands before the slash. */
  userAgent: string;
}
