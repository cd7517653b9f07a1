import assert from "node:assert/strict";
import * as path from "node:path";
import test, { after } from "node:test";
import { gzipSync } from "node:zlib";
import { writeJson } from "mrl/common";
import { readPages, type CrawlOptions } from "mrl/corpus";
import { crawl, docPage, startSite, withSite, type Handler } from "./test-site";

/** What a fault may cost, whatever it is. */
const maxSeconds = 60;
const maxMegabytes = 700;
/** What each cost, for the table of lib/README.md. */
const results: { fault: string; report: string; seconds: number; megabytes: number }[] = [];
after(() => writeJson(path.join("tests", ".build", "hostile-site.json"), results));

type Crawled = Awaited<ReturnType<typeof crawl>>;

/** Crawls with little patience, and checks that time and memory stay bounded. */
async function measure(
  fault: string,
  act: () => Promise<Crawled>,
  report: (result: Crawled) => string,
): Promise<Crawled> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const startedAt = performance.now();
  const result = await act().finally(() => clearInterval(timer));
  const seconds = (performance.now() - startedAt) / 1000;
  const megabytes = (most - before) / 1e6;
  assert.ok(seconds < maxSeconds, `took ${seconds} s`);
  assert.ok(megabytes < maxMegabytes, `took ${megabytes} MB`);
  results.push({ fault, report: report(result), seconds, megabytes });
  return result;
}

const impatient = { parseMs: 3000, parseMb: 128, timeoutMs: 1000, maxTries: 2 };

/** The page's line in the report; the address is the server's of this test. */
function lineOf({ skipped }: Crawled, name: string): string {
  return skipped.find(({ url }) => url.endsWith(name))?.reason ?? "";
}

/** A start page, the hostile page, and one after it, which is read in any case. */
function crawlAround(
  fault: string,
  handler: Handler | string,
  options: Partial<CrawlOptions> = {},
): Promise<{ line: string; text: string }> {
  const start = docPage("Start", ["bad.html", "good.html"]);
  const paths = { "/": start, "/bad.html": handler, "/good.html": docPage("Good") };
  let found = { line: "", text: "" };
  return withSite(paths, async (site, folder) => {
    const act = (): Promise<Crawled> => crawl(`${site.url}/`, folder, { ...impatient, ...options });
    const report = (result: Crawled): string => lineOf(result, "bad.html") || "page kept";
    const result = await measure(fault, act, report);
    const names = readPages(folder).map(({ page }) => page);
    assert.ok(names.includes("good.html"), "the crawl goes on");
    const bad = readPages(folder).find(({ page }) => page === "bad.html");
    assert.equal(names.length + result.skipped.length, 3, "kept, or a line in the report");
    found = { line: lineOf(result, "bad.html"), text: bad?.text ?? "" };
  }).then(() => found);
}

const inArticle = (html: string): string => `<article class="bd-article"><h1>Bad</h1>${html}`;
const many = (n: number, make: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => make(i)).join("");

/** Pages that a correct parser needs too long or too much memory for, or whose bytes are no page. */
const patient = { parseMs: 30_000 };
const skippedPages: [string, Handler | string, line: RegExp, Partial<CrawlOptions>?][] = [
  ["50,000 nested tags", inArticle("<div>".repeat(50_000)), /could not be read within 3 s/],
  [
    "formatting that each of 20,000 paragraphs opens anew (200 kB)",
    inArticle(`<p>${many(5000, (i) => `<b id=${i}>`)}${"<p>x".repeat(20_000)}`),
    /within 3 s|more than 128 MB/,
  ],
  [
    "1.6 million paragraphs (5 MB)",
    inArticle("<p>".repeat(1_600_000)),
    /needs more than 128 MB/,
    patient,
  ],
  [
    "1 GB of zeros, compressed to 1 MB",
    (response) => {
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" });
      response.end(zeros());
    },
    /larger than 5 MB/,
  ],
  [
    "a reply of a byte every second",
    (response) => {
      response.writeHead(200, { "content-type": "text/html" });
      const timer = setInterval(() => response.write("x"), 1000);
      response.on("close", () => clearInterval(timer));
    },
    /not whole within 1 s \(tried 2 times\)/,
  ],
  [
    "headers without end",
    (response) => {
      const socket = response.socket!;
      socket.write("HTTP/1.1 200 OK\r\n");
      const line = `x-more: ${"y".repeat(1000)}\r\n`;
      const send = (): void => void (socket.destroyed || (socket.write(line), setImmediate(send)));
      send();
    },
    /Headers Overflow/i,
  ],
  [
    "a reply that is no HTTP",
    (response) => void response.socket!.end("hello\r\n\r\n"),
    /fetch failed/,
  ],
];
for (const [fault, handler, line, options] of skippedPages) {
  test(`${fault}: the page is skipped with a line that says why, the next one is read`, async () => {
    assert.match((await crawlAround(fault, handler, options)).line, line);
  });
}

let zipped: Buffer | undefined;
/** Made once: a thousand members of 1 MB, which a decompressor reads as one. */
function zeros(): Buffer {
  return (zipped ??= Buffer.concat(
    new Array<Buffer>(1000).fill(gzipSync(Buffer.alloc(1_000_000))),
  ));
}

/** Pages that a browser would show too. */
const keptPages: [fault: string, handler: Handler | string, text: RegExp][] = [
  [
    "tags that are never closed or closed in the wrong order",
    inArticle("<p><b><table><i>one</b><tr></p><td>two<a <script>x</article></i>"),
    /one[^]*two/,
  ],
  ["NUL bytes", inArticle("<p>o\0ne</p>\0<p class=\0>two</p>&#0;"), /^Bad\n\none\n\ntwo/],
  [
    "Latin-1 bytes in a page that calls itself UTF-8",
    (response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(Buffer.from(inArticle("<p>caf\u00e9</p>"), "latin1"));
    },
    /caf\ufffd/,
  ],
  [
    "a character set in meta that nobody knows",
    `<meta charset="klingon">${inArticle("<p>café</p>")}`,
    /café/,
  ],
  [
    "50,000 links below a base address of 100 kB",
    `<base href="http://x/${"y".repeat(100_000)}/">${many(50_000, (i) => `<a href=${i}>`)}` +
      inArticle("one"),
    /one/,
  ],
  ["a text of 4 MB on one line", inArticle(`<p>${"word ".repeat(800_000)}</p>`), /word$/],
];
for (const [fault, handler, text] of keptPages) {
  test(`${fault}: the page is read like any other`, async () => {
    const found = await crawlAround(fault, handler, { ...patient, maxPages: 3 });
    assert.match(found.text, text);
    assert.doesNotMatch(found.text, /\0/);
  });
}

/** Crawls a whole hostile site and gives what came of it. */
async function crawlSite(
  fault: string,
  paths: Record<string, Handler | string>,
  report: (result: Crawled) => string,
  options: Partial<CrawlOptions> = {},
): Promise<Crawled & { requests: string[] }> {
  let all: Crawled | undefined;
  let requests: string[] = [];
  await withSite(paths, async (site, folder) => {
    const act = (): Promise<Crawled> => crawl(`${site.url}/`, folder, { ...impatient, ...options });
    all = await measure(fault, act, report);
    requests = site.requests.map((request) => request.path);
  });
  return { ...all!, requests };
}

test("a sidebar with 20,000 links ends at maxPages, and the rest is counted", async () => {
  const sidebar = docPage(
    "Page",
    many(20_000, (i) => `p${i}.html `)
      .trim()
      .split(" "),
  );
  const paths = Object.fromEntries(
    [
      "",
      ...many(5, (i) => `p${i}.html `)
        .trim()
        .split(" "),
    ].map((name) => [`/${name}`, sidebar]),
  );
  const report = ({ found, pages }: Crawled): string =>
    `${pages.length} pages kept of ${found} found`;
  const options = { ...patient, maxPages: 5, parseMb: 512 };
  const result = await crawlSite(
    "a sidebar with 20,000 links on every page",
    paths,
    report,
    options,
  );
  assert.deepEqual([result.pages.length, result.found], [5, 20_001]);
});

/** Answers every path below the start page. */
function endless(make: (n: number) => Handler | string): Record<string, Handler | string> {
  return new Proxy<Record<string, Handler | string>>(
    { "/": docPage("Start", ["1"]) },
    {
      get: (known, name) => {
        const n = /^\/(\d+)$/.exec(String(name));
        return n ? make(Number(n[1])) : known[String(name)];
      },
    },
  );
}

test("pages that lead to ever new pages end at maxPages", async () => {
  const report = ({ pages }: Crawled): string => `${pages.length} pages kept, the limit`;
  const paths = endless((n) => docPage(`Page ${n}`, [String(n + 1)]));
  const { pages } = await crawlSite("a calendar without end", paths, report, { maxPages: 50 });
  assert.equal(pages.length, 50);
});

test("redirects to ever new addresses end at maxPages", async () => {
  const report = ({ redirected }: Crawled): string => `${redirected.length} redirects listed`;
  const paths = endless(
    (n) => (response) => void response.writeHead(302, { location: `/${n + 1}` }).end(),
  );
  const options = { maxPages: 50 };
  const { requests, redirected } = await crawlSite("redirects without end", paths, report, options);
  assert.equal(redirected.length, 49);
  assert.ok(requests.length < 55, `${requests.length} requests`);
});

test("redirects in a circle are each asked for once", async () => {
  const to =
    (location: string): Handler =>
    (response) =>
      void response.writeHead(301, { location }).end();
  const paths = { "/": docPage("Start", ["a"]), "/a": to("/b"), "/b": to("/c"), "/c": to("/a") };
  const report = ({ redirected }: Crawled): string => `${redirected.length} redirects listed`;
  const { requests } = await crawlSite("redirects in a circle", paths, report);
  for (const name of ["/a", "/b", "/c"])
    assert.equal(requests.filter((one) => one === name).length, 1);
});

test("sitemaps that name ever more sitemaps end after 50", async () => {
  const index: Handler = (response, _, { url, headers }) => {
    const here = `http://${headers.host}${url}`;
    const more = many(200, (i) => `<sitemap><loc>${here}${i}</loc></sitemap>`);
    response.end(`<sitemapindex>${more}</sitemapindex>`);
  };
  const paths = new Proxy<Record<string, Handler | string>>(
    { "/": docPage("Start", ["a"]), "/a": docPage("A") },
    {
      get: (known, name) => (String(name).startsWith("/sitemap.xml") ? index : known[String(name)]),
    },
  );
  const report = ({ pages }: Crawled): string => `${pages.length} pages kept, 50 sitemaps read`;
  const { requests, pages } = await crawlSite("sitemaps of sitemaps without end", paths, report);
  assert.equal(requests.filter((one) => one.startsWith("/sitemap.xml")).length, 50);
  assert.equal(pages.length, 2);
});

test("links, base addresses and redirects that lead away are not followed", async () => {
  const foreign = await startSite({});
  const away = foreign.url;
  const links = [
    `${away}/a`,
    `//${away.slice(7)}/b`,
    `http://user:pass@${away.slice(7)}/c`,
    "file:///etc/passwd",
    "data:text/html,x",
  ];
  const paths: Record<string, Handler | string> = {
    "/": docPage("Start", [...links, "base.html", "moved.html"]),
    "/base.html": `<base href="${away}/">${docPage("Base", ["d.html"])}`,
    "/moved.html": (response) => void response.writeHead(307, { location: `${away}/e` }).end(),
  };
  const report = (result: Crawled): string => lineOf(result, "moved.html").replace(away, "…");
  const { requests } = await crawlSite(
    "links and redirects to other hosts and schemes",
    paths,
    report,
  );
  await foreign.close();
  assert.deepEqual(foreign.requests, []);
  assert.deepEqual(requests, ["/robots.txt", "/", "/base.html", "/moved.html", "/sitemap.xml"]);
});

test("a page whose title is a megabyte keeps the manifest small", async () => {
  const page = docPage("t".repeat(1_000_000));
  const paths = { "/": docPage("Start", ["a.html"]), "/a.html": page };
  const report = ({ pages }: Crawled): string => `title cut to ${pages[0].title.length} characters`;
  const { pages } = await crawlSite("a title of 1 MB", paths, report, patient);
  assert.deepEqual(
    pages.map(({ title }) => title.length),
    [1000, 5],
  );
});
