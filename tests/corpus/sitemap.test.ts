import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { crawl, docPage, withSite, type Handler } from "./test-site";

const pathsOf = (pages: { page: string }[]): string[] => pages.map(({ page }) => page);
const sitemap = (...pages: string[]): string =>
  `<?xml version="1.0"?><urlset>${pages.map((page) => `<url><loc>${page}</loc></url>`).join("")}</urlset>`;
/** As a file that is packed, or as a reply that is packed on its way. */
const packed =
  (
    text: string,
    headers: Record<string, string> = { "content-type": "application/gzip" },
  ): Handler =>
  (response) =>
    void response.writeHead(200, headers).end(gzipSync(text));

test("pages that only a sitemap names come after those that links lead to", () =>
  withSite(
    {
      "/docs/": docPage("Start", ["z.html"]),
      "/docs/z.html": docPage("Z"),
      "/docs/a.html": docPage("A", ["b.html"]),
      "/docs/b.html": docPage("B"),
    },
    async (site, folder) => {
      const map = [`${site.url}/docs/a.html`, `${site.url}/other/c.html`, "http://127.0.0.1:1/d"];
      site.paths["/docs/sitemap.xml"] = sitemap(...map, "no address");
      const options = { useSitemap: true };
      const { events, pages } = await crawl(`${site.url}/docs/`, folder, options);
      assert.deepEqual(pathsOf(pages), ["a.html", "b.html", "index.html", "z.html"]);
      const order = events.map((event) => (event.type === "page" ? event.page : ""));
      assert.deepEqual(order, ["index.html", "z.html", "a.html", "b.html"]);
      const without = await crawl(`${site.url}/docs/`, folder, { useSitemap: false });
      assert.deepEqual(pathsOf(without.pages), ["index.html", "z.html"]);
    },
  ));

test("sitemaps that robots.txt and other sitemaps name are read, those of other sites are not", () =>
  withSite({ "/other.xml": sitemap() }, async (foreign, _) => {
    await withSite(
      { "/": docPage("Start", ["a.html"]), "/a.html": docPage("A"), "/b.html": docPage("B") },
      async (site, folder) => {
        const index = `<sitemapindex><sitemap><loc>${site.url}/deep.xml</loc></sitemap></sitemapindex>`;
        const robots = `Sitemap: ${site.url}/index.xml\nSitemap: ${foreign.url}/other.xml\n`;
        site.paths["/robots.txt"] = (response) => void response.end(robots);
        site.paths["/index.xml"] = index;
        site.paths["/deep.xml"] = sitemap(`${site.url}/b.html`);
        const { pages, skipped, found } = await crawl(`${site.url}/`, folder);
        assert.deepEqual(pathsOf(pages), ["a.html", "b.html", "index.html"]);
        assert.equal(found, 4, "kept and skipped add up");
        const reason = "sitemap: is on another site";
        assert.deepEqual(skipped, [{ url: `${foreign.url}/other.xml`, reason }]);
        assert.equal(foreign.requests.length, 0);
      },
    );
  }));

test("sitemap.xml.gz is looked for where there is no sitemap.xml, and read", () =>
  withSite(
    { "/docs/": docPage("Start", ["a.html"]), "/docs/a.html": docPage("A") },
    async (site, folder) => {
      site.paths["/docs/b.html"] = docPage("B");
      site.paths["/docs/sitemap.xml.gz"] = packed(sitemap(`${site.url}/docs/b.html`));
      const { pages, skipped } = await crawl(`${site.url}/docs/`, folder);
      assert.deepEqual(pathsOf(pages), ["a.html", "b.html", "index.html"]);
      assert.deepEqual(skipped, [], "one that is missing where nobody names it is no loss");
      const asked = site.requests.map((one) => one.path).filter((one) => one.includes("sitemap"));
      const expected = [
        "/sitemap.xml",
        "/docs/sitemap.xml",
        "/sitemap.xml.gz",
        "/docs/sitemap.xml.gz",
      ];
      assert.deepEqual(asked, expected);
    },
  ));

test("an index leads to packed sitemaps, whether they are packed as files, on their way, or both", () =>
  withSite({ "/": docPage("Start", ["a.html"]), "/a.html": docPage("A") }, async (site, folder) => {
    const names = ["file", "way", "both"];
    for (const name of names) site.paths[`/${name}.html`] = docPage(name);
    const mapOf = (name: string): string => sitemap(`${site.url}/${name}.html`);
    const places = names.map((name) => `<sitemap><loc>${site.url}/${name}.xml.gz</loc></sitemap>`);
    const onItsWay = { "content-type": "application/xml", "content-encoding": "gzip" };
    site.paths["/sitemap.xml"] = `<sitemapindex>${places.join("")}</sitemapindex>`;
    site.paths["/file.xml.gz"] = packed(mapOf("file"));
    site.paths["/way.xml.gz"] = packed(mapOf("way"), onItsWay);
    site.paths["/both.xml.gz"] = (response) =>
      void response.writeHead(200, onItsWay).end(gzipSync(gzipSync(mapOf("both"))));
    const { pages, skipped } = await crawl(`${site.url}/`, folder);
    const expected = ["a.html", "both.html", "file.html", "index.html", "way.html"];
    assert.deepEqual([pathsOf(pages), skipped], [expected, []]);
  }));

test("a sitemap that stands there and cannot be read is a line in the report, one that is cut short too", () =>
  withSite({ "/": docPage("Start", ["a.html"]), "/a.html": docPage("A") }, async (site, folder) => {
    const whole = gzipSync(sitemap(`${site.url}/b.html`));
    site.paths["/sitemap.xml"] = (response) => void response.end(whole.subarray(0, -12));
    const broken = Buffer.from(whole).fill(0xff, 12, 40);
    site.paths["/robots.txt"] = (response) => void response.end(`Sitemap: ${site.url}/broken.gz\n`);
    site.paths["/broken.gz"] = (response) => void response.end(broken);
    const { pages, skipped } = await crawl(`${site.url}/`, folder);
    assert.deepEqual(pathsOf(pages), ["a.html", "index.html"]);
    const lines = skipped.map(({ url, reason }) => `${url.slice(site.url.length)}: ${reason}`);
    assert.equal(lines.length, 2);
    assert.match(lines[0], /^\/broken\.gz: sitemap: its gzip cannot be unpacked \(.*invalid/);
    assert.match(
      lines[1],
      /^\/sitemap\.xml: sitemap: its gzip cannot be unpacked \(.*unexpected end/,
    );
  }));
