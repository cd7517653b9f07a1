import assert from "node:assert/strict";
import test from "node:test";
import { crawl, docPage, sendHtml, status, withSite, type Handler } from "./test-site";

/** Fails so many times, then answers with a page. */
const failing =
  (times: number, fault: Handler, title: string): Handler =>
  (response, visit, request) => {
    if (visit <= times) fault(response, visit, request);
    else sendHtml(response, docPage(title));
  };
const cutShort: Handler = (response) => {
  response.writeHead(200, { "content-type": "text/html", "content-length": "1000" });
  response.write("<p>half a page");
  setTimeout(() => response.destroy(), 5);
};
const stalled: Handler = (response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.write("<p>a byte, then nothing");
};
const oneLink = docPage("Start", ["page.html"]);

/** Crawls a start page and `page.html`, which is answered by `handler`. */
function crawlPage(
  handler: Handler,
  check: (result: Awaited<ReturnType<typeof crawl>>, visits: number) => void,
): Promise<void> {
  return withSite({ "/": oneLink, "/page.html": handler }, async (site, folder) => {
    const result = await crawl(`${site.url}/`, folder);
    check(result, site.requests.filter(({ path }) => path === "/page.html").length);
  });
}

const passing: [claim: string, handler: Handler, reason: RegExp][] = [
  ["500 twice", failing(2, status(500), "Page"), /answers 500/],
  ["503 once", failing(1, status(503), "Page"), /answers 503/],
  ["a cut connection", failing(1, cutShort, "Page"), /terminated/],
  ["a refused request", failing(1, (response) => void response.destroy(), "Page"), /fetch failed/],
  ["a stalled reply", failing(1, stalled, "Page"), /not whole within 0.3 s/],
];
for (const [claim, handler, reason] of passing) {
  test(`${claim} is tried again and the page is kept`, () =>
    crawlPage(handler, ({ pages, skipped, events }) => {
      assert.deepEqual(
        pages.map((page) => page.page),
        ["index.html", "page.html"],
      );
      assert.deepEqual(skipped, []);
      const retries = events.filter((event) => event.type === "retry");
      assert.ok(retries.length >= 1);
      for (const retry of retries) assert.match(retry.reason, reason);
    }));
}

for (const [claim, value] of [
  ["seconds", () => "1"],
  ["a date", () => new Date(Date.now() + 2000).toUTCString()],
] as const) {
  test(`429 is tried again after the pause that Retry-After names as ${claim}`, () => {
    let refusedAt = 0;
    const handler: Handler = (response, visit) => {
      if (visit > 1) return sendHtml(response, docPage("Page"));
      refusedAt = performance.now();
      response.writeHead(429, { "retry-after": value() }).end();
    };
    return crawlPage(handler, ({ pages }) => {
      assert.equal(pages.length, 2);
      assert.ok(performance.now() - refusedAt > 900);
    });
  });
}

const lasting: [claim: string, handler: Handler, reason: RegExp, visits: number][] = [
  ["500 again and again", status(500), /answers 500 \(tried 4 times\)/, 4],
  ["cut short each time", cutShort, /terminated.*\(tried 4 times\)/, 4],
  ["a pause of an hour", status(429, { "retry-after": "3600" }), /asks to wait 3600 s/, 1],
  ["404", status(404), /answers 404/, 1],
  ["403", status(403), /answers 403/, 1],
  ["a picture", status(200, { "content-type": "image/png" }), /not HTML but image\/png/, 1],
  ["no content type", status(200), /not HTML but without content type/, 1],
  ["no article", (response) => sendHtml(response, "<p>plain"), /no article\.bd-article in it/, 1],
  [
    "a character set that nobody knows",
    status(200, { "content-type": "text/html; charset=klingon" }),
    /character set is not known/,
    1,
  ],
];
for (const [claim, handler, reason, expectedVisits] of lasting) {
  test(`a page that fails by ${claim} is skipped with the reason, after ${expectedVisits} tries`, () =>
    crawlPage(handler, ({ pages, skipped, events }, visits) => {
      assert.deepEqual(
        pages.map((page) => page.page),
        ["index.html"],
      );
      assert.equal(skipped.length, 1);
      assert.match(skipped[0].url, /\/page\.html$/);
      assert.match(skipped[0].reason, reason);
      assert.equal(visits, expectedVisits);
      assert.equal(events.filter((event) => event.type === "skipped").length, 1);
    }));
}

test("an endless page is given up at the size limit", () => {
  let sent = 0;
  const endless: Handler = (response) => {
    response.writeHead(200, { "content-type": "text/html" });
    const block = "x".repeat(100_000);
    const send = (): void => {
      while (!response.destroyed && response.write(block)) sent += block.length;
    };
    response.on("drain", send);
    send();
  };
  return crawlPage(endless, ({ skipped }) => {
    assert.match(skipped[0].reason, /larger than 5 MB/);
    assert.ok(sent < 50_000_000, "the rest is not read");
  });
});
