import assert from "node:assert/strict";
import test, { after } from "node:test";
import {
  type Crawled,
  crawlSite,
  lineOf,
  many,
  unhurried,
  writeFaults,
  zeros,
} from "./measure-fault";
import { docPage, type Handler } from "./test-site";

after(() => writeFaults("sitemaps"));

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

test("a packed sitemap that unpacks to 1 GB is read as far as 5 MB, and is a line in the report", async () => {
  const bomb: Handler = (response) => void response.end(zeros());
  const paths = { "/": docPage("Start", ["a"]), "/a": docPage("A"), "/sitemap.xml.gz": bomb };
  const report = (result: Crawled): string => lineOf(result, "sitemap.xml.gz");
  const result = await crawlSite(
    "a sitemap.xml.gz of 1 MB that unpacks to 1 GB",
    paths,
    report,
    unhurried,
  );
  assert.equal(report(result), "sitemap: unpacks to more than 5 MB");
  assert.equal(result.pages.length, 2);
});
