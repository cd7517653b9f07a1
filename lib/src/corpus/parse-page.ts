import { load, type CheerioAPI } from "cheerio";
import type { AnyNode, Element } from "domhandler";
import { cleanText } from "./clean-text";
import type { PageSelectors } from "./crawl-types";
import type { Article } from "./extract-article";

/** Where the pydata theme of Sphinx (docs.ray.io, NumPy, pandas) keeps what the crawl looks for. */
export const pydataSelectors: PageSelectors = {
  articleSelector: "article.bd-article",
  sidebarSelector: "#pst-primary-sidebar a[href], nav.bd-links a[href]",
};

/** Where other sites keep a page's text: the first that is there. */
export const fallbackArticles: readonly string[] = ["main", "[role=main]", "article"];

const navigationSelector = "nav a[href], .prev-next-area a[href]";

/** A longer address leads to no page of documentation. */
const maxUrlChars = 2000;
const maxTitleChars = 1000;

const skippedTags = new Set(["script", "style", "nav", "button"]);
const headings = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);
const blocks = new Set(
  (
    "address article aside blockquote br dd details div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
  ).split(" "),
);

/** A page as the crawl needs it. Links are absolute, in the page's order, and may lead anywhere. */
export interface ParsedPage {
  article: Article | undefined;
  sidebarLinks: string[];
  navigationLinks: string[];
}

/** Reads a page's article and links in one parse; where a selector finds nothing, a fallback is tried. */
export function parsePage(html: string, url: string, selectors: PageSelectors): ParsedPage {
  const $ = load(html);
  const base = resolve($("base[href]").attr("href") ?? "", url) ?? url;
  const sidebarLinks = readLinks($, selectors.sidebarSelector, base);
  return {
    article: readArticle($, [selectors.articleSelector, ...fallbackArticles]),
    sidebarLinks: sidebarLinks.length > 0 ? sidebarLinks : readLinks($, "a[href]", base),
    navigationLinks: readLinks($, navigationSelector, base),
  };
}

/** The addresses of links, each spelling once. */
function readLinks($: CheerioAPI, selector: string, base: string): string[] {
  const links = $(selector)
    .toArray()
    .flatMap((element) => resolve((element as Element).attribs.href ?? "", base) ?? []);
  return [...new Set(links)];
}

function resolve(href: string, base: string): string | undefined {
  if (href.length > maxUrlChars || !URL.canParse(href, base)) return undefined;
  const url = new URL(href, base).href;
  return url.length > maxUrlChars ? undefined : url;
}

/** Title and text of what the first selector that matches finds; nothing when none does. */
export function readArticle($: CheerioAPI, selectors: readonly string[]): Article | undefined {
  const article = selectors.flatMap((selector) => $(selector).get(0) ?? [])[0];
  if (!article) return undefined;
  const heading = $(article).find("h1").get(0);
  const title = cleanText(heading ? readText(heading) : $("title").first().text());
  return { title: title.replace(/\s+/g, " ").slice(0, maxTitleChars), text: readText(article) };
}

/** Visits nodes with a stack of its own: 50,000 nested tags must not exhaust the program's. */
function readText(root: AnyNode): string {
  const parts: string[] = [];
  const todo: (AnyNode | string)[] = [root];
  let preDepth = 0;
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    if (typeof item === "string") {
      if (item === leavePre) preDepth--;
      else parts.push(item);
    } else if (item.type === "text") {
      parts.push(preDepth > 0 ? item.data : item.data.replace(/\s+/g, " "));
    } else if (item.type === "tag" && !isSkipped(item)) {
      const isBlock = blocks.has(item.name);
      if (isBlock) parts.push(headings.has(item.name) ? "\n\n" : "\n");
      if (isBlock) todo.push("\n");
      if (item.name === "pre") {
        preDepth++;
        todo.push(leavePre);
      }
      for (let i = item.children.length - 1; i >= 0; i--) todo.push(item.children[i]);
    }
  }
  return parts.join("");
}

/** Stands on the stack where a `pre` ends. */
const leavePre = "</pre>";

function isSkipped(element: Element): boolean {
  if (skippedTags.has(element.name)) return true;
  const classes = (element.attribs.class ?? "").split(/\s+/);
  return (
    classes.includes("toctree-wrapper") || (element.name === "a" && classes.includes("headerlink"))
  );
}
