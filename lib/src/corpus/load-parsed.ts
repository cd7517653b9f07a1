import { describeError } from "../common/index";
import { loadPage } from "./load-page";
import { parsePage, type ParsedPage } from "./parse-page";
import type { RetryContext } from "./retry";
import type { Robots } from "./robots";

/** What every page of one crawl shares. */
export interface CrawlContext extends RetryContext {
  isAllowed: Robots["isAllowed"];
}

/** A page as the crawl takes it. */
export type CrawledPage = { url: string } & (
  | ({ kind: "parsed" } & ParsedPage)
  | { kind: "redirect"; target: string }
  | { kind: "skipped"; reason: string; isServerDown: boolean }
);

/** Loads and reads a page. Never rejects: a crawl loads pages ahead, and takes what went wrong in its turn. */
export async function loadParsed(url: string, context: CrawlContext): Promise<CrawledPage> {
  const skipped = (reason: string, isServerDown = false): CrawledPage => {
    return { url, kind: "skipped", reason, isServerDown };
  };
  try {
    if (!context.isAllowed(url)) return skipped("robots.txt disallows it");
    const loaded = await loadPage(url, context);
    if (loaded.kind === "redirect") return { url, ...loaded };
    if (loaded.kind !== "html") return skipped(loaded.reason, loaded.kind === "given up");
    return { url, kind: "parsed", ...parsePage(loaded.html, url) };
  } catch (error) {
    return skipped(describeError(error));
  }
}
