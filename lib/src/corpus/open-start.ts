import { InputError } from "../common/index";
import type { PageSelectors } from "./crawl-types";
import { loadParsed, type CrawlContext, type CrawledPage } from "./load-parsed";
import { fallbackArticles, type ParsedPage } from "./parse-page";
import { isInside, pageKey, scopeOf, type Scope } from "./page-url";

/** The page that a crawl starts from, and how far it may go from there. */
export interface StartPage {
  url: string;
  scope: Scope;
  page: CrawledPage;
}

const maxRedirects = 5;

/**
 * Loads the start page, following redirects below its folder, and checks that it can lead on.
 * @throws InputError naming the address, what was looked for and the way out
 */
export async function openStart(startUrl: string, context: CrawlContext): Promise<StartPage> {
  let url = startUrl;
  for (let i = 0; i <= maxRedirects; i++) {
    const page = await loadParsed(url, context);
    context.signal.throwIfAborted();
    if (page.kind === "parsed") {
      const start = { url: withoutFragment(page.url), scope: scopeOf(page.url), page };
      checkStart(start.url, page, context.selectors);
      return start;
    }
    if (page.kind === "skipped") {
      throw new InputError(
        `the start page ${url} could not be loaded: ${page.reason}; check that the site is up and that ` +
          "site.startUrl (MRL_SITE_START_URL) is right, then run this again",
      );
    }
    if (!isInside(scopeOf(startUrl), page.target)) {
      throw new InputError(
        `the start page ${url} redirects to ${page.target}, which is outside ` +
          `${new URL("./", url).href}; set site.startUrl (MRL_SITE_START_URL) to the page that you mean`,
      );
    }
    url = page.target;
  }
  throw new InputError(
    `the start page ${startUrl} redirects more than ${maxRedirects} times; set site.startUrl ` +
      "(MRL_SITE_START_URL) to a page that does not",
  );
}

function withoutFragment(address: string): string {
  const url = new URL(address);
  url.hash = "";
  return url.href;
}

function checkStart(url: string, page: ParsedPage, selectors: PageSelectors): void {
  const scope = scopeOf(url);
  const { articleSelector, sidebarSelector } = selectors;
  if (!page.article) {
    throw new InputError(
      `the start page ${url} has no article: looked for ${[articleSelector, ...fallbackArticles].join(", ")}; ` +
        "set site.articleSelector (MRL_SITE_ARTICLE_SELECTOR) to the element that holds its text, or " +
        "site.startUrl to another page",
    );
  }
  const leadsOn = (link: string): boolean =>
    isInside(scope, link) && pageKey(link) !== pageKey(url);
  if (![...page.sidebarLinks, ...page.navigationLinks].some(leadsOn)) {
    throw new InputError(
      `the sidebar of the start page ${url} is empty: looked for ${sidebarSelector} with addresses below ` +
        `${scope.origin}${scope.prefix}; set site.sidebarSelector (MRL_SITE_SIDEBAR_SELECTOR) to the links ` +
        'that lead on ("a[href]" takes all), or site.startUrl to another page',
    );
  }
}
