import { load } from "cheerio";
import { pydataSelectors, readArticle } from "./parse-page";

/** What one page of documentation says. */
export interface Article {
  /** The first heading, or the page's `<title>` where there is none. */
  title: string;
  /** Text with a newline around every block; not cleaned yet, see `cleanText`. */
  text: string;
}

/**
 * The text of a page's first `article.bd-article`, where the pydata theme of Sphinx puts it, without
 * navigation, buttons, scripts and the signs beside headings.
 *
 * Runs of whitespace become one space, except in `pre`. A block element stands between newlines, a heading
 * has a blank line before it.
 * @param html a whole page
 * @param selectors CSS selectors of other places to look in; the first that finds anything counts
 * @returns nothing when the page has no such article
 */
export function extractArticle(
  html: string,
  selectors: readonly string[] = [pydataSelectors.articleSelector],
): Article | undefined {
  return readArticle(load(html), selectors);
}
