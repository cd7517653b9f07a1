import { load, type CheerioAPI } from "cheerio";
import type { AnyNode, Element } from "domhandler";
import { cleanText } from "./clean-text";
import type { Article } from "./extract-article";

/** Where the pydata theme of Sphinx (docs.ray.io, NumPy, pandas) keeps what the crawl looks for. */
export const selectors = {
  article: "article.bd-article",
  sidebar: "#pst-primary-sidebar a[href], nav.bd-links a[href]",
  navigation: "nav a[href], .prev-next-area a[href]",
} as const;

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

/** Reads a page's article and links in one parse. */
export function parsePage(html: string, url: string): ParsedPage {
  const $ = load(html);
  const base = resolve($("base[href]").attr("href") ?? "", url) ?? url;
  const links = (selector: string): string[] =>
    $(selector)
      .toArray()
      .flatMap((element) => resolve((element as Element).attribs.href, base) ?? []);
  return {
    article: readArticle($),
    sidebarLinks: links(selectors.sidebar),
    navigationLinks: links(selectors.navigation),
  };
}

function resolve(href: string, base: string): string | undefined {
  return URL.canParse(href, base) ? new URL(href, base).href : undefined;
}

/** The first article's title and text, or nothing when there is no article. */
export function readArticle($: CheerioAPI): Article | undefined {
  const article = $(selectors.article).get(0);
  if (!article) return undefined;
  const heading = $(article).find("h1").get(0);
  const title = cleanText(heading ? readText(heading) : $("title").first().text());
  return { title: title.replace(/\s+/g, " "), text: readText(article) };
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
