import assert from "node:assert/strict";
import test from "node:test";
import { crawl, docPage, sendHtml, withSite, type Handler } from "./test-site";

/** Sends a page after a while. */
const late =
  (ms: number, html: string): Handler =>
  (response) => {
    setTimeout(() => sendHtml(response, html), ms);
  };

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
