import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "mrl/common";
import { readPages } from "mrl/corpus";
import { crawl, docPage, withSite, type Handler } from "./test-site";

const pathsOf = (pages: { page: string }[]): string[] => pages.map(({ page }) => page);
const textOf = (folder: string, page: string): string | undefined =>
  readPages(folder).find((one) => one.page === page)?.text;
const redirect =
  (location: string): Handler =>
  (response) => {
    response.writeHead(302, { location }).end();
  };

/** A page of an older theme: no sidebar that the crawler knows, links anywhere. */
const plainPage = (body: string): string => `<title>Plain</title><div><h1>Menu</h1>${body}</div>`;

for (const [open, close] of [
  ["<main>", "</main>"],
  ['<div role="main">', "</div>"],
  ["<article>", "</article>"],
]) {
  test(`a site without the pydata theme is read from ${open}, along every link of its pages`, () => {
    const page = (title: string, link: string): string =>
      plainPage(`${open}<h1>${title}</h1><p>see <a href="${link}">that</a></p>${close}<p>foot</p>`);
    const paths = { "/": page("One", "two.html"), "/two.html": page("Two", "three.html") };
    return withSite({ ...paths, "/three.html": page("Three", "/") }, async (site, folder) => {
      const { pages } = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(pages), ["index.html", "three.html", "two.html"]);
      assert.equal(textOf(folder, "two.html"), "Two\n\nsee that");
    });
  });
}

test("main comes before article, and the configured selector before both", () => {
  const html = `<main>all <article>part</article><div class="text">mine</div></main>`;
  const link = '<a href="a.html">a</a>';
  return withSite({ "/": html + link, "/a.html": html }, async (site, folder) => {
    await crawl(`${site.url}/`, folder);
    assert.equal(textOf(folder, "a.html"), "all\npart\n\nmine");
    await crawl(`${site.url}/`, folder, { articleSelector: ".text" });
    assert.equal(textOf(folder, "a.html"), "mine");
  });
});

test("only the links that sidebarSelector names are followed, where it finds any", () => {
  const links = '<p class="menu"><a href="a.html">a</a></p><a href="b.html">b</a>';
  const paths = { "/": `<main>x</main>${links}`, "/a.html": "<main>a</main>" };
  return withSite({ ...paths, "/b.html": "<main>b</main>" }, async (site, folder) => {
    const { pages } = await crawl(`${site.url}/`, folder, { sidebarSelector: ".menu a" });
    assert.deepEqual(pathsOf(pages), ["a.html", "index.html"]);
  });
});

test("a selector that is none is refused with its name before anything is asked for", () =>
  withSite({}, async (site, folder) => {
    const bad = crawl(`${site.url}/`, folder, { articleSelector: "div[" });
    await assert.rejects(bad, (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /site\.articleSelector is "div\[", which is no CSS selector/);
      return true;
    });
    assert.equal(site.requests.length, 0);
  }));

test("pictures, archives and other files are not asked for, however the page is named", () => {
  const links = ["a.png", "b.ZIP", "_sources/c.rst.txt", "d.pdf#page=2", "json.html", "e.json/"];
  const html = links.map((link) => `<a href="${link}">x</a>`).join("");
  const paths = { "/": `<main>x</main>${html}`, "/json.html": "<main>j</main>" };
  return withSite({ ...paths, "/e.json/": "<main>e</main>" }, async (site, folder) => {
    const { pages, skipped } = await crawl(`${site.url}/`, folder);
    assert.deepEqual(pathsOf(pages), ["e.json/index.html", "index.html", "json.html"]);
    assert.deepEqual(skipped, []);
  });
});

test("a folder with and without its slash is one page, and its links are read from where it stands", () =>
  withSite(
    {
      "/": docPage("Start", ["core", "core/", "core/index.html"]),
      "/core": redirect("/core/"),
      "/core/": docPage("Core", ["looms.html"]),
      "/core/looms.html": docPage("Looms"),
    },
    async (site, folder) => {
      const { pages, redirected, found } = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(pages), ["core/index.html", "core/looms.html", "index.html"]);
      assert.deepEqual([redirected, found], [[], 3]);
    },
  ));

test("a start address without its slash bounds the crawl by the folder that it turns out to be", () =>
  withSite(
    {
      "/docs": redirect("/docs/"),
      "/docs/": docPage("Docs", ["a.html", "/up.html"]),
      "/docs/a.html": docPage("A"),
      "/up.html": docPage("Up"),
    },
    async (site, folder) => {
      const { pages } = await crawl(`${site.url}/docs`, folder);
      assert.deepEqual(pathsOf(pages), ["a.html", "index.html"]);
    },
  ));

test("an address that climbs out of the folder in escapes is not asked for", () => {
  const links = ["a.html", "..%2fsecret.html", "x/%2E%2E%2f%2e%2e%5csecret.html", "b..c.html"];
  const paths = { "/docs/": docPage("Docs", links), "/docs/a.html": docPage("A") };
  return withSite({ ...paths, "/docs/b..c.html": docPage("B") }, async (site, folder) => {
    const { pages } = await crawl(`${site.url}/docs/`, folder, { useSitemap: false });
    assert.deepEqual(pathsOf(pages), ["a.html", "b..c.html", "index.html"]);
    assert.equal(site.requests.length, 4, "robots.txt and three pages");
  });
});

test("a byte order mark beats the header, the header beats meta, and no mark is left in the text", () => {
  const send =
    (type: string, body: Buffer): Handler =>
    (response) => {
      response.writeHead(200, { "content-type": type }).end(body);
    };
  const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(docPage("Café"), "utf16le")]);
  const greek = Buffer.from([..."<main>"].map((c) => c.charCodeAt(0)).concat(0xe1, 0xe2, 0xe3));
  const late = `<meta http-equiv="content-type" content="text/html; charset=iso-8859-7">`;
  return withSite(
    {
      "/": docPage("Start", ["mark.html", "header.html", "meta.html"]),
      "/mark.html": send("text/html; charset=latin1", utf16),
      "/header.html": send(
        "text/html; charset=ISO-8859-7",
        Buffer.concat([Buffer.from('<meta charset="utf-8">'), greek]),
      ),
      "/meta.html": send("text/html", Buffer.concat([Buffer.from(late), greek])),
    },
    async (site, folder) => {
      const { pages } = await crawl(`${site.url}/`, folder);
      assert.equal(pages.find(({ page }) => page === "mark.html")?.title, "Café");
      assert.equal(textOf(folder, "header.html"), "αβγ");
      assert.equal(textOf(folder, "meta.html"), "αβγ");
    },
  );
});
