import { load } from "cheerio";

/** What a sitemap names (sitemaps.org): pages, and further sitemaps. */
export interface Sitemap {
  pages: string[];
  sitemaps: string[];
}

/** Reads a sitemap or an index of sitemaps; what is no absolute address in it is left out. */
export function parseSitemap(xml: string): Sitemap {
  const $ = load(xml, { xml: true });
  const addresses = (selector: string): string[] =>
    $(selector)
      .toArray()
      .map((element) => $(element).text().trim())
      .filter((address) => address.length <= 2000 && URL.canParse(address));
  return { pages: addresses("url > loc"), sitemaps: addresses("sitemap > loc") };
}
