import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "mrl/common";
import { readPages } from "mrl/corpus";
import { crawl, docPage, readFolder, status, withSite, type Handler } from "./test-site";

const stalled: Handler = (response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.write("<p>a byte, then nothing");
};
const oneLink = docPage("Start", ["page.html"]);

/** Expects the crawl of a site to be refused, and the files of an earlier crawl to stay as they were. */
async function expectRefusal(
  paths: Record<string, Handler | string>,
  message: RegExp,
): Promise<void> {
  await withSite({ "/": oneLink, "/page.html": docPage("Earlier") }, async (earlier, folder) => {
    await crawl(`${earlier.url}/`, folder);
    const before = readFolder(folder);
    await withSite(paths, async (site) => {
      await assert.rejects(crawl(`${site.url}/`, folder), (error: Error) => {
        assert.ok(error instanceof InputError, String(error.stack));
        assert.match(error.message, message);
        assert.match(error.message, new RegExp(`${site.url}|robots`));
        return true;
      });
    });
    assert.deepEqual(readFolder(folder), before);
    assert.equal(readPages(folder).length, 2);
  });
}

test("a start page without article is refused: what was looked for, where, and the way out", () =>
  expectRefusal(
    { "/": "<p>Hello" },
    /start page http:.* has no article: looked for article\.bd-article, main, .*; set site\.articleSelector .* or site\.startUrl/,
  ));

test("a start page whose sidebar is empty is refused", () =>
  expectRefusal(
    { "/": docPage("Start") },
    /sidebar of .* is empty: looked for #pst-primary-sidebar/,
  ));

test("a sidebar that leads only elsewhere is empty", () =>
  expectRefusal({ "/": docPage("Start", ["https://example.org/", "#here"]) }, /is empty/));

test("a start page that fails is refused with what the server answered", () =>
  expectRefusal(
    { "/": status(404) },
    /could not be loaded: the server answers 404; check .*MRL_SITE_START_URL/,
  ));

test("a start page that leads to another site is refused with the target", () =>
  expectRefusal(
    { "/": status(301, { location: "http://127.0.0.1:1/docs/" }) },
    /redirects to http:\/\/127\.0\.0\.1:1\/docs\/, which is outside/,
  ));

test("a start page that redirects without end is refused", () => {
  const paths = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      i ? `/${i}` : "/",
      status(302, { location: `/${i + 1}` }),
    ]),
  );
  return expectRefusal(paths, /redirects more than 5 times/);
});

test("a start page that robots.txt forbids is refused", () =>
  expectRefusal(
    {
      "/": oneLink,
      "/robots.txt": (response) => void response.end("User-agent: *\nDisallow: /\n"),
    },
    /robots\.txt disallows it/,
  ));

test("a site whose robots.txt fails is left alone", () =>
  expectRefusal(
    { "/": oneLink, "/robots.txt": status(503) },
    /robots\.txt could not be read: .* 503/,
  ));

test("a site that is down is named", async () => {
  let url = "";
  await withSite({}, async (site) => void (url = site.url));
  await assert.rejects(crawl(`${url}/`, "/nowhere"), (error: Error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, new RegExp(`${url}.*ECONNREFUSED.*check that the site is up`));
    return true;
  });
});

test("a site that goes down on the way ends the crawl, and earlier files stay", () => {
  const names = Array.from({ length: 30 }, (_, i) => `p${i}.html`);
  const paths = Object.fromEntries(
    names.map((name, i) => [`/${name}`, i < 5 ? docPage(name) : status(500)]),
  );
  return expectRefusal(
    { "/": docPage("Start", names), ...paths },
    /went down: 10 pages in a row.*6 pages had been read/,
  );
});

test("a stopped crawl rejects with the signal's reason and leaves earlier files", () =>
  withSite({ "/": oneLink, "/page.html": docPage("Earlier") }, async (earlier, folder) => {
    await crawl(`${earlier.url}/`, folder);
    const before = readFolder(folder);
    await withSite({ "/": oneLink, "/page.html": stalled }, async (site) => {
      const stop = new AbortController();
      const onEvent = (): void => stop.abort(new Error("stopped by hand"));
      const options = { signal: stop.signal, onEvent, timeoutMs: 60_000 };
      await assert.rejects(crawl(`${site.url}/`, folder, options), /stopped by hand/);
    });
    assert.deepEqual(readFolder(folder), before);
  }));
