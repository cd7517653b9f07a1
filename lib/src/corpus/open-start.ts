import { InputError } from "../common/index";
import { loadParsed, type CrawlContext, type CrawledPage } from "./load-parsed";
import { selectors, type ParsedPage } from "./parse-page";
import { canonicalUrl, isInside, scopeOf, type Scope } from "./page-url";

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
      checkStart(url, page);
      return { url, scope: scopeOf(url), page };
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

function checkStart(url: string, page: ParsedPage): void {
  const scope = scopeOf(url);
  const wayOut =
    "set site.startUrl (MRL_SITE_START_URL) to a page of documentation made with the pydata theme of Sphinx";
  if (!page.article) {
    throw new InputError(
      `the start page ${url} has no article: looked for ${selectors.article}; ${wayOut}`,
    );
  }
  const leadsOn = (link: string): boolean =>
    isInside(scope, link) && canonicalUrl(link) !== canonicalUrl(url);
  if (!page.sidebarLinks.some(leadsOn)) {
    throw new InputError(
      `the sidebar of the start page ${url} is empty: looked for ${selectors.sidebar} with addresses ` +
        `below ${scope.origin}${scope.prefix}; ${wayOut} whose sidebar lists its pages`,
    );
  }
}
