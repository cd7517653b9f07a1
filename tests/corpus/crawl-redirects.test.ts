import assert from "node:assert/strict";
import test from "node:test";
import { crawl, docPage, status, withSite } from "./test-site";

const pathsOf = (pages: { page: string }[]): string[] => pages.map(({ page }) => page);

test("a redirect inside the site leads to its page once, one to the outside is reported", () =>
  withSite(
    {
      "/": docPage("Start", ["old.html", "new.html", "moved.html", "away.html"]),
      "/old.html": status(302, { location: "/new.html" }),
      "/moved.html": status(302, { location: "/found-by-redirect.html" }),
      "/away.html": status(302, { location: "http://127.0.0.1:1/elsewhere" }),
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
      "/a.html": status(302, { location: "/b.html" }),
      "/b.html": status(302, { location: "/a.html" }),
      "/self/index.html": status(302, { location: "/self/" }),
      "/self/": status(302, { location: "/self/index.html" }),
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
      "/": status(302, { location: "/en/latest/" }),
      "/en/latest/": docPage("Docs", ["a.html", "/de/latest/"]),
      "/en/latest/a.html": docPage("A"),
      "/de/latest/": docPage("Deutsch"),
    },
    async (site, folder) => {
      const result = await crawl(`${site.url}/`, folder);
      assert.deepEqual(pathsOf(result.pages), ["a.html", "index.html"]);
    },
  ));
