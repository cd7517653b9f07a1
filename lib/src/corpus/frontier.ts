import { canonicalUrl, isInside, type Scope } from "./page-url";

/** Addresses in the order in which they were found, each page once, none outside the scope. */
export class Frontier {
  readonly urls: string[] = [];
  private readonly known = new Set<string>();

  constructor(
    private readonly scope: Scope,
    startUrl: string,
  ) {
    this.add([startUrl]);
  }

  /** Adds what is new of `links`. */
  add(links: readonly string[]): void {
    for (const link of links) {
      const key = canonicalUrl(link);
      if (this.known.has(key) || !isInside(this.scope, link)) continue;
      this.known.add(key);
      this.urls.push(withoutFragment(link));
    }
  }
}

function withoutFragment(link: string): string {
  const url = new URL(link);
  url.hash = "";
  return url.href;
}
