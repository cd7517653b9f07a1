import { InputError } from "../common/index";
import type { CrawlOptions } from "./crawl-types";
import { Frontier } from "./frontier";
import { loadParsed, type CrawlContext, type CrawledPage } from "./load-parsed";
import type { StartPage } from "./open-start";
import { recordPage, type Findings } from "./record-page";
import type { SitemapPages } from "./sitemap";

/** So many pages in a row that the server fails to give mean that the site is down. */
const maxFailuresInRow = 10;

/** The second source of addresses, asked for when no link leads to a new page. */
export type SecondSource = () => Promise<SitemapPages>;

/** One walk over a site: loads up to `concurrency` pages ahead, but takes them in the order of their links. */
export class LinkWalk {
  private readonly frontier: Frontier;
  private readonly findings: Findings = {
    pages: [],
    skipped: [],
    redirected: [],
    found: 1,
    unchanged: 0,
    textChars: 0,
  };
  private readonly ahead: Promise<CrawledPage>[];
  private started = 1;
  private done = 0;
  private failuresInRow = 0;
  private unreadSitemaps = 0;
  private secondSource: SecondSource | undefined;

  constructor(
    private readonly start: StartPage,
    private readonly options: CrawlOptions,
    private readonly context: CrawlContext,
    secondSource: SecondSource,
  ) {
    this.frontier = new Frontier(start.scope, start.url);
    this.ahead = [Promise.resolve(start.page)];
    this.secondSource = secondSource;
  }

  /** @throws InputError when the site goes down on the way, and the signal's reason */
  async run(): Promise<Findings> {
    for (let next = this.ahead.shift(); next; next = this.ahead.shift()) {
      const page = await next;
      this.context.signal.throwIfAborted();
      this.done++;
      this.frontier.add(linksOf(page));
      this.loadAhead();
      if (this.ahead.length === 0 && this.done < this.options.maxPages)
        await this.askSecondSource();
      this.record(page);
    }
    this.findings.found += this.unreadSitemaps;
    return this.findings;
  }

  private loadAhead(): void {
    const { concurrency, maxPages } = this.options;
    const { urls } = this.frontier;
    this.findings.found = urls.length;
    while (this.started < Math.min(this.done + concurrency, urls.length, maxPages))
      this.ahead.push(loadParsed(urls[this.started++], this.context));
  }

  private async askSecondSource(): Promise<void> {
    const { urls, skipped } = (await this.secondSource?.()) ?? { urls: [], skipped: [] };
    this.secondSource = undefined;
    this.frontier.add(urls);
    this.findings.skipped.push(...skipped);
    this.unreadSitemaps += skipped.length;
    this.loadAhead();
  }

  private record(page: CrawledPage): void {
    const { articleSelector } = this.context.selectors;
    const event = recordPage(page, this.start.scope, this.findings, articleSelector);
    const found = Math.min(this.findings.found, this.options.maxPages);
    this.context.onEvent({ ...event, done: this.done, found });
    const isDown = page.kind === "skipped" && page.isServerDown;
    this.failuresInRow = isDown ? this.failuresInRow + 1 : 0;
    if (this.failuresInRow === maxFailuresInRow) throw siteWentDown(page.url, this.findings);
  }
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
