import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { LookupFunction } from "node:net";
import * as path from "node:path";
import test from "node:test";
import { InputError } from "mrl/common";
import { readPages } from "mrl/corpus";
import { crawl, docPage, readFolder, sendHtml, withSite, type Handler } from "./test-site";

/** Serves a page with what a cache needs; it is sent again only when `title` gives another one. */
const tagged =
  (title: () => string, links: string[] = []): Handler =>
  (response, _, request) => {
    const etag = `"${title()}"`;
    if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { "content-type": "text/html", etag }).end(docPage(title(), links));
  };

test("a second crawl is sent only what has changed, and gives what a crawl without a cache gives", () => {
  let title = "Old";
  const dated: Handler = (response, _, request) => {
    const lastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
    const known = request.headers["if-modified-since"] === lastModified;
    const headers = { "content-type": "text/html", "last-modified": lastModified };
    response.writeHead(known ? 304 : 200, headers).end(known ? "" : docPage("Dated"));
  };
  return withSite(
    {
      "/": tagged(() => "Start", ["changes.html", "dated.html", "plain.html"]),
      "/changes.html": tagged(() => title),
      "/dated.html": dated,
      "/plain.html": docPage("Plain"),
    },
    async (site, folder) => {
      const cacheFolder = path.join(folder, "cache");
      const pages = path.join(folder, "pages");
      const first = await crawl(`${site.url}/`, pages, { cacheFolder });
      assert.equal(first.unchanged, 0);
      assert.equal(fs.readdirSync(cacheFolder).length, 3, "a page without ETag is not kept");
      title = "New";
      const second = await crawl(`${site.url}/`, pages, { cacheFolder });
      assert.equal(second.unchanged, 2, "the start page and the dated one");
      const texts = readPages(pages).map((page) => page.title);
      assert.deepEqual(texts, ["New", "Dated", "Start", "Plain"]);
      const fresh = path.join(folder, "fresh");
      await crawl(`${site.url}/`, fresh);
      assert.deepEqual(readFolder(pages), readFolder(fresh));
    },
  );
});

test("what the cache holds of pages that are gone is removed, and a broken file counts as none", () => {
  let links = ["a.html", "b.html"];
  const start: Handler = (response) => sendHtml(response, docPage("Start", links));
  const paths = { "/": start, "/a.html": tagged(() => "A"), "/b.html": tagged(() => "B") };
  return withSite(paths, async (site, folder) => {
    const cacheFolder = path.join(folder, "cache");
    await crawl(`${site.url}/`, path.join(folder, "pages"), { cacheFolder });
    assert.equal(fs.readdirSync(cacheFolder).length, 2);
    for (const name of fs.readdirSync(cacheFolder))
      fs.writeFileSync(path.join(cacheFolder, name), '{"url": "http://other/", "html": 3');
    links = ["a.html"];
    const again = await crawl(`${site.url}/`, path.join(folder, "pages"), { cacheFolder });
    assert.deepEqual([again.pages.length, again.unchanged], [2, 0]);
    assert.equal(fs.readdirSync(cacheFolder).length, 1);
  });
});

test("while a server asks to wait, it is asked for no other page either", () => {
  const names = ["a.html", "b.html", "c.html"];
  const asked: number[] = [];
  let refusedAt = 0;
  const busy: Handler = (response, visit) => {
    if (visit > 1) return sendHtml(response, docPage("Busy"));
    refusedAt = performance.now();
    response.writeHead(429, { "retry-after": "1" }).end();
  };
  const page: Handler = (response) => {
    asked.push(performance.now());
    sendHtml(response, docPage("Page"));
  };
  const paths = Object.fromEntries(names.map((name) => [`/${name}`, page]));
  return withSite(
    { "/": docPage("Start", ["busy.html", ...names]), "/busy.html": busy, ...paths },
    async (site, folder) => {
      // All four are under way at once, 50 ms apart: the first one's refusal stops the other three.
      const { pages } = await crawl(`${site.url}/`, folder, { concurrency: 5, delayMs: 50 });
      assert.equal(pages.length, 5);
      assert.equal(asked.length, 3);
      asked.forEach((at) => assert.ok(at - refusedAt > 900, `after ${at - refusedAt} ms`));
    },
  );
});

const resolving = (...addresses: string[]): LookupFunction => {
  const all = (options: object): boolean => "all" in options && options.all === true;
  return (_, options, callback) => {
    const address = addresses.length > 1 ? addresses.shift()! : addresses[0];
    const family = address.includes(":") ? 6 : 4;
    if (all(options)) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
};

for (const address of ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"]) {
  test(`a public site whose name comes to mean ${address} is not touched there`, () =>
    withSite({ "/": docPage("Start", ["a.html"]) }, async (site, folder) => {
      const lookup = resolving("93.184.215.14", address);
      const url = site.url.replace("127.0.0.1", "docs.example");
      await assert.rejects(crawl(`${url}/`, folder, { lookup }), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /docs\.example now leads to the private address/);
        assert.ok(error.message.includes(address), error.message);
        return true;
      });
      assert.equal(site.requests.length, 0);
    }));
}

test("a site that starts at a private address is crawled there, by name too", () =>
  withSite({ "/": docPage("Start", ["a.html"]), "/a.html": docPage("A") }, async (site, folder) => {
    const url = site.url.replace("127.0.0.1", "docs.example");
    const { pages } = await crawl(`${url}/`, folder, { lookup: resolving("127.0.0.1") });
    assert.equal(pages.length, 2);
  }));
