import { describeError } from "../common/index";
import type { PageSelectors } from "./crawl-types";
import { loadPage, type LoadContext } from "./load-page";
import type { ParsedPage } from "./parse-page";
import type { ParserThread } from "./parser-thread";
import type { Robots } from "./robots";

/** What every page of one crawl shares. */
export interface CrawlContext extends LoadContext {
  isAllowed: Robots["isAllowed"];
  parser: ParserThread;
  selectors: PageSelectors;
}

/** A page as the crawl takes it. */
export type CrawledPage = { url: string } & (
  | ({ kind: "parsed"; isUnchanged: boolean } & ParsedPage)
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
    const { url: address, html, isUnchanged } = loaded;
    const parsed = await context.parser.parsePage(html, address, context.selectors);
    if (typeof parsed === "string") return skipped(parsed);
    return { url: address, kind: "parsed", isUnchanged, ...parsed };
  } catch (error) {
    return skipped(describeError(error));
  }
}
