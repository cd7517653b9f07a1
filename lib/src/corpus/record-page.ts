import { cleanText } from "./clean-text";
import type { CrawlEvent, CrawlResult } from "./crawl-types";
import type { CrawledPage } from "./load-parsed";
import { isInside, pagePath, type Scope } from "./page-url";
import type { NewPage } from "./page-store";
import { selectors } from "./parse-page";

/** What a crawl has found, its pages not written yet. */
export type Findings = Omit<CrawlResult, "pages"> & { pages: NewPage[] };

type PageEvent = Extract<CrawlEvent, { done: number }>;
type Recorded = PageEvent extends infer E
  ? E extends PageEvent
    ? Omit<E, "done" | "found">
    : never
  : never;

/** Files a page under what became of it, and says so. */
export function recordPage(page: CrawledPage, scope: Scope, findings: Findings): Recorded {
  const { url } = page;
  const skip = (reason: string): Recorded => {
    findings.skipped.push({ url, reason });
    return { type: "skipped", url, reason };
  };
  if (page.kind === "skipped") return skip(page.reason);
  if (page.kind === "redirect") {
    const { target } = page;
    if (!isInside(scope, target)) return skip(`redirects outside the site, to ${target}`);
    findings.redirected.push({ url, target });
    return { type: "redirected", url, target };
  }
  if (!page.article) return skip(`no ${selectors.article} in it`);
  const { title, text } = page.article;
  const found = { url, page: pagePath(scope, url), title };
  findings.pages.push({ ...found, text: cleanText(text) });
  return { type: "page", ...found };
}
