import { load } from "cheerio";
import { InputError, describeError } from "../common/index";
import { politeness, type CrawlOptions, type CrawlResult, type PageSelectors } from "./crawl-types";
import { HostPace } from "./host-pace";
import { LinkWalk, type SecondSource } from "./link-walk";
import type { CrawlContext } from "./load-parsed";
import { openStart } from "./open-start";
import { PageCache } from "./page-cache";
import { writePages } from "./page-store";
import { pydataSelectors } from "./parse-page";
import { ParserThread } from "./parser-thread";
import { loadRobots } from "./robots";
import { openSiteFetch } from "./site-fetch";
import { readSitemaps } from "./sitemap";

/**
 * Crawls a documentation site: from the start page along the links of sidebars and navigation, then to what
 * sitemaps name beside, inside the start page's folder and origin. Keeps the cleaned text of each page's article.
 *
 * Pages are taken breadth first in the order of their links, however fast they come: the same site gives the
 * same files. They are written at the end: a crawl that fails or is stopped leaves earlier files as they are.
 * With a `cacheFolder`, a page that has not changed is asked for and not sent again.
 *
 * A crawl that starts at a public address touches no private one, even where a name comes to mean one.
 *
 * @throws InputError when the site is down, goes down on the way, or its start page has no article or no
 *   links into the site. A single page that fails is in the result's `skipped` instead.
 */
export async function crawlSite(options: CrawlOptions): Promise<CrawlResult> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, ...(options.signal ? [options.signal] : [])]);
  signal.throwIfAborted();
  const selectors = chooseSelectors(options);
  const limits = { ...politeness, ...definedOf(options) };
  const site = await openSiteFetch(options.startUrl, options.lookup);
  const context: CrawlContext = {
    ...limits,
    selectors,
    fetch: options.fetch ?? site.fetch,
    onEvent: options.onEvent ?? (() => {}),
    signal,
    isAllowed: () => true,
    pace: new HostPace(0, signal),
    cache: new PageCache(options.cacheFolder),
    parser: new ParserThread(limits),
  };
  try {
    return await crawl(options, context);
  } finally {
    done.abort();
    await context.parser.close();
    await site.close();
  }
}

async function crawl(options: CrawlOptions, context: CrawlContext): Promise<CrawlResult> {
  const robots = await loadRobots(new URL(options.startUrl).origin, context);
  context.isAllowed = robots.isAllowed;
  context.pace = new HostPace(robots.delayMs, context.signal);
  const start = await openStart(options.startUrl, context);
  const secondSource: SecondSource = async () => {
    if (options.useSitemap === false) return { urls: [], skipped: [] };
    return readSitemaps(start.scope, robots.sitemaps, context);
  };
  const walk = new LinkWalk(start, options, context, secondSource);
  const { pages, textChars: _, ...report } = await walk.run();
  const entries = writePages(options.folder, pages);
  context.cache.prune();
  return { pages: entries, ...report };
}

/** The options that are set: a missing one must not hide its default. */
function definedOf(options: CrawlOptions): Partial<CrawlOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** @throws InputError for a selector that is none, before anything is asked for */
function chooseSelectors(options: CrawlOptions): PageSelectors {
  const { articleSelector, sidebarSelector } = { ...pydataSelectors, ...definedOf(options) };
  const page = load("");
  for (const [name, selector] of Object.entries({ articleSelector, sidebarSelector })) {
    try {
      page(selector);
    } catch (error) {
      throw new InputError(
        `site.${name} is "${selector}", which is no CSS selector (${describeError(error)})`,
      );
    }
  }
  return { articleSelector, sidebarSelector };
}
