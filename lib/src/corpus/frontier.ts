import { isInside, pageKey, type Scope } from "./page-url";

/** A site that names more pages than this is counted no further. */
const maxFound = 100_000;

/** Names of files that hold no page: they are not asked for. */
const fileName =
  /\.(avif|bmp|bz2|css|csv|deb|doc|docx|epub|exe|gif|gz|ico|inv|ipynb|jar|jpe?g|js|json|md|mp[34]|pdf|png|ps|py|rst|svg|tar|tgz|ttf|txt|webm|webp|whl|woff2?|xls|xlsx|xml|xz|ya?ml|zip)$/i;

/** Addresses in the order in which they were found, each page once, none outside the scope. */
export class Frontier {
  readonly urls: string[] = [];
  private readonly known = new Set<string>();
  /** Spellings seen before: a sidebar says the same on every page. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly scope: Scope,
    startUrl: string,
    private readonly limit: number = maxFound,
  ) {
    this.known.add(pageKey(startUrl));
    this.urls.push(startUrl);
  }

  /** Adds what is new of `links`. */
  add(links: readonly string[]): void {
    for (const link of links) {
      if (this.urls.length >= this.limit) return;
      if (this.seen.has(link)) continue;
      if (this.seen.size < 2 * this.limit) this.seen.add(link);
      this.addPage(link);
    }
  }

  private addPage(link: string): void {
    if (!isInside(this.scope, link)) return;
    const url = new URL(link);
    url.hash = url.username = url.password = "";
    const key = pageKey(link);
    if (this.known.has(key) || fileName.test(url.pathname)) return;
    this.known.add(key);
    this.urls.push(url.href);
  }
}
