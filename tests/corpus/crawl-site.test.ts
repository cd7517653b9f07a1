import assert from "node:assert/strict";
import test from "node:test";
import { readPages } from "mrl/corpus";
import { crawl, docPage, sendHtml, withSite, type Handler } from "./test-site";

/** Sends a page after a while. */
const late =
  (ms: number, html: string): Handler =>
  (response) => {
    setTimeout(() => sendHtml(response, html), ms);
  };
const redirect =
  (location: string): Handler =>
  (response) => {
    response.writeHead(302, { location }).end();
  };
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

test("order and files do not depend on how fast pages come, and maxPages cuts the same pages", async () => {
  const names = ["d", "c", "b", "a", "e", "f"];
  const orders: string[][] = [];
  for (const delays of [
    [60, 0, 40, 0, 20, 0],
    [0, 50, 0, 30, 0, 10],
  ]) {
    const paths = Object.fromEntries(
      names.map((name, i) => [
        `/${name}.html`,
        late(delays[i], docPage(name, [`${name}${name}.html`])),
      ]),
    );
    await withSite(
      {
        "/": docPage(
          "Start",
          names.map((n) => `${n}.html`),
        ),
        ...paths,
      },
      async (site, folder) => {
        const { events, pages, found } = await crawl(`${site.url}/`, folder, { maxPages: 5 });
        orders.push(events.map((event) => (event.type === "page" ? event.page : event.type)));
        assert.equal(pages.length, 5);
        assert.ok(found > 5, "more pages were found than loaded");
        assert.ok(
          site.requests.every(({ path }) => !/f.html|dd.html/.test(path)),
          "none beyond maxPages",
        );
      },
    );
  }
  assert.deepEqual(orders[0], ["index.html", "d.html", "c.html", "b.html", "a.html"]);
  assert.deepEqual(orders[1], orders[0]);
});

test("as many pages are loaded at a time as allowed, not more", () => {
  const names = Array.from({ length: 12 }, (_, i) => `p${i}.html`);
  const paths = Object.fromEntries(names.map((name) => [`/${name}`, late(20, docPage(name))]));
  return withSite({ "/": docPage("Start", names), ...paths }, async (site, folder) => {
    await crawl(`${site.url}/`, folder, { concurrency: 3 });
    assert.equal(site.maxOpen(), 3);
  });
});

test("events count up to what was found, and progress ends complete", () =>
  withSite(
    {
      "/": docPage("Start", ["a.html", "b.html"]),
      "/a.html": docPage("A"),
      "/b.html": docPage("B"),
    },
    async (site, folder) => {
      const { events } = await crawl(`${site.url}/`, folder);
      const counts = events.map((event) =>
        event.type === "retry" ? [] : [event.done, event.found],
      );
      assert.deepEqual(counts, [
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
    },
  ));

test("a redirect inside the site leads to its page once, one to the outside is reported", () =>
  withSite(
    {
      "/": docPage("Start", ["old.html", "new.html", "moved.html", "away.html"]),
      "/old.html": redirect("/new.html"),
      "/moved.html": redirect("/found-by-redirect.html"),
      "/away.html": redirect("http://127.0.0.1:1/elsewhere"),
      "/new.html": docPage("New"),
      "/found-by-redirect.html": docPage("Found"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["found-by-redirect.html", "index.html", "new.html"]);
      assert.equal(result.redirected.length, 2);
      assert.deepEqual(result.skipped, [
        {
          url: `${site.url}/away.html`,
          reason: "redirects outside the site, to http://127.0.0.1:1/elsewhere",
        },
      ]);
    },
  ));

test("circles of redirects end", () =>
  withSite(
    {
      "/": docPage("Start", ["a.html", "self/index.html"]),
      "/a.html": redirect("/b.html"),
      "/b.html": redirect("/a.html"),
      "/self/index.html": redirect("/self/"),
      "/self/": redirect("/self/index.html"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["index.html"]);
      assert.match(result.skipped[0].reason, /redirects to itself/);
    },
  ));

test("a start page that redirects into a folder bounds the crawl by that folder", () =>
  withSite(
    {
      "/": redirect("/en/latest/"),
      "/en/latest/": docPage("Docs", ["a.html", "/de/latest/"]),
      "/en/latest/a.html": docPage("A"),
      "/de/latest/": docPage("Deutsch"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html"]);
    },
  ));

test("robots.txt is honoured and the crawler says who it is", () => {
  const robots: Handler = (response) => {
    response.end(
      "User-agent: *\nDisallow: /\n\nUser-agent: matryoshka-search\nDisallow: /private/\n",
    );
  };
  return withSite(
    {
      "/robots.txt": robots,
      "/": docPage("Start", ["a.html", "private/b.html"]),
      "/a.html": docPage("A"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html"]);
      assert.deepEqual(result.skipped, [
        { url: `${site.url}/private/b.html`, reason: "robots.txt disallows it" },
      ]);
      for (const { agent } of site.requests) assert.match(agent ?? "", /^matryoshka-search\//);
    },
  );
});

test("the pause that robots.txt asks for lies between requests", () => {
  const robots: Handler = (response) => void response.end("User-agent: *\nCrawl-delay: 0.05\n");
  const names = ["a.html", "b.html", "c.html"];
  const paths = Object.fromEntries(names.map((name) => [`/${name}`, docPage(name)]));
  return withSite(
    { "/robots.txt": robots, "/": docPage("Start", names), ...paths },
    async (site, folder) => {
      const startedAt = performance.now();
      await crawl(`${site.url}/`, folder);
      assert.ok(performance.now() - startedAt > 140, "three pauses of 50 ms");
    },
  );
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
