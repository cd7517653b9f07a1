import { InputError } from "../common/index";
import { politeness, type CrawlOptions, type CrawlResult } from "./crawl-types";
import { Frontier } from "./frontier";
import { loadParsed, type CrawlContext, type CrawledPage } from "./load-parsed";
import { openStart, type StartPage } from "./open-start";
import { writePages } from "./page-store";
import { recordPage, type Findings } from "./record-page";
import { createPace, loadRobots } from "./robots";

/** So many pages in a row that the server fails to give mean that the site is down. */
const maxFailuresInRow = 10;

/**
 * Crawls a documentation site: from the start page along the links of sidebars and navigation, inside the
 * start page's folder and origin. Keeps the cleaned text of each page's `article.bd-article`.
 *
 * Pages are taken breadth first in the order of their links, however fast they come: the same site gives the
 * same files. They are written at the end: a crawl that fails or is stopped leaves earlier files as they are.
 *
 * @throws InputError when the site is down, goes down on the way, or its start page has no article or no
 *   sidebar links. A single page that fails is in the result's `skipped` instead.
 */
export async function crawlSite(options: CrawlOptions): Promise<CrawlResult> {
  const done = new AbortController();
  const context: CrawlContext = {
    ...politeness,
    ...options.politeness,
    fetch: options.fetch ?? fetch,
    onEvent: options.onEvent ?? (() => {}),
    signal: AbortSignal.any([done.signal, ...(options.signal ? [options.signal] : [])]),
    isAllowed: () => true,
    pace: async () => {},
  };
  try {
    context.signal.throwIfAborted();
    const robots = await loadRobots(new URL(options.startUrl).origin, context);
    context.isAllowed = robots.isAllowed;
    context.pace = createPace(robots.delayMs, context.signal);
    const start = await openStart(options.startUrl, context);
    const { pages, ...report } = await followLinks(start, options, context);
    return { pages: writePages(options.folder, pages), ...report };
  } finally {
    done.abort();
  }
}

/** Loads up to `concurrency` pages ahead, but takes them one by one in the order in which they were found. */
async function followLinks(
  start: StartPage,
  { concurrency, maxPages }: CrawlOptions,
  context: CrawlContext,
): Promise<Findings> {
  const frontier = new Frontier(start.scope, start.url);
  const findings: Findings = { pages: [], skipped: [], redirected: [], found: 1 };
  const loading = [Promise.resolve(start.page)];
  let failuresInRow = 0;
  for (let i = 0; i < loading.length; i++) {
    const page = await loading[i];
    context.signal.throwIfAborted();
    frontier.add(linksOf(page));
    findings.found = frontier.urls.length;
    const total = Math.min(findings.found, maxPages);
    context.onEvent({ ...recordPage(page, start.scope, findings), done: i + 1, found: total });
    failuresInRow = page.kind === "skipped" && page.isServerDown ? failuresInRow + 1 : 0;
    if (failuresInRow === maxFailuresInRow) throw siteWentDown(page.url, findings);
    while (loading.length < Math.min(i + 1 + concurrency, total))
      loading.push(loadParsed(frontier.urls[loading.length], context));
  }
  return findings;
}

function linksOf(page: CrawledPage): string[] {
  if (page.kind === "parsed") return [...page.sidebarLinks, ...page.navigationLinks];
  return page.kind === "redirect" ? [page.target] : [];
}

function siteWentDown(url: string, { pages, skipped }: Findings): InputError {
  return new InputError(
    `the site went down: ${maxFailuresInRow} pages in a row could not be loaded, the last ${url} ` +
      `(${skipped.at(-1)?.reason}); ${pages.length} pages had been read, none was written; ` +
      "run this again when the site is up",
  );
}
