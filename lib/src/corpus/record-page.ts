import { cleanText } from "./clean-text";
import type { CrawlEvent, CrawlResult } from "./crawl-types";
import type { CrawledPage } from "./load-parsed";
import { isInside, pagePath, type Scope } from "./page-url";
import type { NewPage } from "./page-store";
import { fallbackArticles } from "./parse-page";

/** What a crawl has found, its pages not written yet. */
export type Findings = Omit<CrawlResult, "pages"> & {
  pages: NewPage[];
  /** Characters of all pages together. */
  textChars: number;
};

type PageEvent = Extract<CrawlEvent, { done: number }>;
type Recorded = PageEvent extends infer E
  ? E extends PageEvent
    ? Omit<E, "done" | "found">
    : never
  : never;

/** More text than this is no documentation; it is held in memory until it is written. */
const maxTextChars = 200_000_000;

/** Files a page under what became of it, and says so. */
export function recordPage(
  page: CrawledPage,
  scope: Scope,
  findings: Findings,
  articleSelector: string,
): Recorded {
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
  if (page.isUnchanged) findings.unchanged++;
  if (!page.article) return skip(`no ${articleSelector} in it, nor ${fallbackArticles.join(", ")}`);
  const { title, text } = page.article;
  if (findings.textChars + text.length > maxTextChars)
    return skip(`${maxTextChars} characters of text have been read already`);
  findings.textChars += text.length;
  const found = { url, page: pagePath(scope, url), title };
  findings.pages.push({ ...found, text: cleanText(text) });
  return { type: "page", ...found };
}
