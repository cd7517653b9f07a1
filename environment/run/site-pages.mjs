import * as fs from "node:fs";
import * as path from "node:path";
import { readNotebook } from "./notebooks.mjs";

/** The notebooks beside the numbered ones. */
export function findExtraNotebooks(root) {
  const folder = path.join(root, "notebooks", "extra");
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  return names.sort().map((name) => readNotebook(path.join(folder, name)));
}

/**
 * Turns nbconvert's pages into a site: navigation on each, links from page to page, and a start page.
 * @param notebooks in reading order; `<name>.html` of each lies in `folder`
 */
export function linkPages(notebooks, folder) {
  const pages = notebooks.map(({ name, title }) => ({ file: `${name}.html`, title }));
  pages.forEach((page, i) => {
    const file = path.join(folder, page.file);
    const html = fs
      .readFileSync(file, "utf8")
      .replace(/<title>.*<\/title>/, () => `<title>${escapeHtml(page.title)}</title>`)
      .replace("<main>", () => `${drawNavigation(pages, page)}<main>`)
      .replaceAll('src="../images/', 'src="images/')
      .replace("<!-- site:neighbours -->", () => drawNeighbours(pages[i - 1], pages[i + 1]));
    fs.writeFileSync(file, pointToPages(html, pages));
  });
  fs.writeFileSync(path.join(folder, "index.html"), drawStart(pages, notebooks));
}

/** Links to notebooks become links to their pages; those to the overview lead to the start page. */
function pointToPages(html, pages) {
  const known = new Set(pages.map(({ file }) => file));
  return html.replace(
    /href="([^"#:]*\/)?([^"#:/]+)\.(ipynb|md)(#[^"]*)?"/g,
    (link, _, name, kind, anchor) => {
      if (kind === "md") return name === "README" ? 'href="index.html"' : link;
      return known.has(`${name}.html`) ? `href="${name}.html${anchor ?? ""}"` : link;
    },
  );
}

function drawNavigation(pages, current) {
  const items = pages.map((page) => {
    const mark = page === current ? ' aria-current="page"' : "";
    return `<li><a href="${page.file}"${mark}>${escapeHtml(page.title)}</a></li>`;
  });
  return `<nav class="site-navigation"><strong><a href="index.html">Teach a search model your own documentation</a></strong><ul>${items.join("")}</ul></nav>`;
}

function drawNeighbours(before, after) {
  const link = (page, text) => (page ? `<a href="${page.file}">${text}</a>` : "<span></span>");
  return `<div class="site-neighbours">${link(before, `← ${escapeHtml(before?.title ?? "")}`)}${link(after, `${escapeHtml(after?.title ?? "")} →`)}</div>`;
}

/** The start page lists the notebooks with the question that each of them asks in bold. */
function drawStart(pages, notebooks) {
  const rows = pages.map(({ file, title }, i) => {
    const question = readQuestion(notebooks[i].file);
    return `<tr><td><a href="${file}">${escapeHtml(title)}</a></td><td>${escapeHtml(question)}</td></tr>`;
  });
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Teach a search model your own documentation</title>
<link rel="stylesheet" href="assets/jupyterlab.css"><link rel="stylesheet" href="assets/site.css"></head>
<body class="jp-Notebook">${drawNavigation(pages)}<main><div class="jp-RenderedHTMLCommon">
<h1>Teach a search model your own documentation</h1>
<p>Crawl a documentation site, let a language model write questions about it, and fine-tune a sentence encoder with Matryoshka Representation Learning. Read the notebooks in this order; each ends with a link to the next.</p>
<table><thead><tr><th>Notebook</th><th>The question it answers</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div></main></body></html>
`;
}

function readQuestion(file) {
  const { cells } = JSON.parse(fs.readFileSync(file, "utf8"));
  return /\*\*(.+?)\*\*/.exec([cells[0].source].flat().join(""))?.[1] ?? "";
}

function escapeHtml(text) {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
