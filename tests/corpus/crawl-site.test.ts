import assert from "node:assert/strict";
import test from "node:test";
import { readPages } from "mrl/corpus";
import { crawl, docPage, withSite } from "./test-site";

const pathsOf = (pages: { page: string }[]): string[] => pages.map(({ page }) => page);

test("links are followed from sidebar to sidebar, each page is loaded once", () =>
  withSite(
    {
      "/": docPage("Start", ["core/index.html", "/index.html", "#top", "a.html#part"]),
      "/core/index.html": docPage("Core", ["../a.html", "./looms.html", "../core/"]),
      "/core/looms.html": docPage("Looms", ["index.html"]),
      "/a.html": docPage("A"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      const expected = ["a.html", "core/index.html", "core/looms.html", "index.html"];
      assert.deepEqual(pathsOf(result.pages), expected);
      assert.deepEqual([result.skipped, result.redirected, result.found], [[], [], 4]);
      assert.equal(
        site.requests.length,
        7,
        "robots.txt, each page and both names of a sitemap once",
      );
      const [a] = readPages(folder);
      assert.deepEqual([a.url, a.title, a.text], [`${site.url}/a.html`, "A", "A\n\nAbout A."]);
    },
  ));

test("navigation outside the sidebar is followed, links in the article are not", () => {
  const next = '<div class="prev-next-area"><a href="next.html">next</a></div>';
  const top = '<nav><a href="top.html">top</a></nav>';
  const start = docPage("Start", ["a.html"], '<a href="linked.html">see</a>');
  const pages = ["/a.html", "/next.html", "/top.html", "/linked.html"];
  return withSite(
    { "/": start + next + top, ...Object.fromEntries(pages.map((page) => [page, docPage(page)])) },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html", "next.html", "top.html"]);
    },
  );
});

test("the crawl stays in origin and folder of its start page", () =>
  withSite({ "/docs/a.html": docPage("Foreign") }, async (foreign, folder) => {
    const links = [
      "a.html",
      "../secret.html",
      "/docs/../up.html",
      "%2e%2e/up.html",
      "/docsy/b.html",
    ];
    const away = [`${foreign.url}/docs/a.html`, "mailto:x@y.z", "javascript:0", "http://[broken"];
    const paths = { "/docs/": docPage("Docs", [...links, ...away]), "/docs/a.html": docPage("A") };
    await withSite(paths, async (site) => {
      const result = await crawl(`${site.url}/docs/index.html`, folder, {
        fetch: (input, init) => fetch(String(input).replace("/index.html", "/"), init),
      });
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html"]);
      assert.equal(foreign.requests.length, 0);
      const places = ["/sitemap.xml", "/docs/sitemap.xml"];
      const sitemaps = [...places, ...places.map((one) => `${one}.gz`)];
      assert.deepEqual(
        site.requests.map((request) => request.path),
        ["/robots.txt", "/docs/", "/docs/a.html", ...sitemaps],
      );
    });
  }));

test("spellings of one address are one page, different queries are two", () =>
  withSite(
    {
      "/": docPage("Start", [
        "%7euser.html",
        "~user.html",
        "~user.html?",
        "q.html?b=2&a=1",
        "q.html?a=1&b=2",
        "q.html",
      ]),
      "/%7euser.html": docPage("User"),
      "/q.html?b=2&a=1": docPage("Query"),
      "/q.html": docPage("No query"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), [
        "index.html",
        "q.html",
        "q.html?a=1&b=2",
        "~user.html",
      ]);
    },
  ));

test("pages whose names differ in case, script or beyond 255 letters have files of their own", () => {
  const names = [
    "Loom.html",
    "loom.html",
    "文.html",
    "é.html",
    `${"x".repeat(300)}1`,
    `${"x".repeat(300)}2`,
  ];
  const paths = Object.fromEntries(names.map((name) => [`/${encodeURI(name)}`, docPage(name)]));
  return withSite({ "/": docPage("Start", names), ...paths }, async (site, folder) => {
    await crawl(`${site.url}/`, folder);
    const pages = readPages(folder);
    assert.deepEqual(pages.map((page) => page.title).sort(), [...names, "Start"].sort());
    assert.equal(new Set(pages.map((page) => page.file.toLowerCase())).size, 7);
  });
});

test("a page's own character set is read, from header or meta", () =>
  withSite(
    {
      "/": docPage("Start", ["header.html", "meta.html"]),
      "/header.html": (response) => {
        response.writeHead(200, { "content-type": "text/html; charset=iso-8859-1" });
        response.end(Buffer.from(docPage("Caf\u00E9"), "latin1"));
      },
      "/meta.html": (response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.end(Buffer.from(`<meta charset="latin1">${docPage("Th\u00E9")}`, "latin1"));
      },
    },
    async (site, folder) => {
      const { pages } = await crawl(`${site.url}/`, folder);
      assert.deepEqual(
        pages.map((page) => page.title),
        ["Café", "Start", "Thé"],
      );
    },
  ));
