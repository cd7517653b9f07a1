import assert from "node:assert/strict";
import test, { after } from "node:test";
import { type Crawled, crawlSite, lineOf, many, patient, writeFaults } from "./measure-fault";
import { docPage, startSite, type Handler } from "./test-site";

after(() => writeFaults("walks"));

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
  const sitemaps = ["/sitemap.xml", "/sitemap.xml.gz"];
  assert.deepEqual(requests, ["/robots.txt", "/", "/base.html", "/moved.html", ...sitemaps]);
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
