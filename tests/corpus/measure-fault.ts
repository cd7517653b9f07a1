import assert from "node:assert/strict";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { writeJson } from "mrl/common";
import { readPages, type CrawlOptions } from "mrl/corpus";
import { crawl, docPage, withSite, type Handler } from "./test-site";

/** What a fault may cost, whatever it is. */
const maxSeconds = 60;
const maxMegabytes = 700;
/** What each cost, for the table of lib/README.md. */
const results: { fault: string; report: string; seconds: number; megabytes: number }[] = [];

/** To be called after a file's tests: keeps what the faults cost, for `npm run sites`. */
export function writeFaults(file: string): void {
  writeJson(path.join("tests", ".build", "hostile", `${file}.json`), results);
}

export type Crawled = Awaited<ReturnType<typeof crawl>>;

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

export const patient = { parseMs: 30_000 };
/** For a fault that lies in the size: a busy machine may need longer than a second for it. */
export const unhurried = { timeoutMs: 30_000 };
const impatient = { parseMs: 3000, parseMb: 128, timeoutMs: 1000, maxTries: 2 };

/** The page's line in the report; the address is the server's of this test. */
export function lineOf({ skipped }: Crawled, name: string): string {
  return skipped.find(({ url }) => url.endsWith(name))?.reason ?? "";
}

/** A start page, the hostile page, and one after it, which is read in any case. */
export function crawlAround(
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

export const inArticle = (html: string): string =>
  `<article class="bd-article"><h1>Bad</h1>${html}`;
export const many = (n: number, make: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => make(i)).join("");

/** Crawls a whole hostile site and gives what came of it. */
export async function crawlSite(
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

let zipped: Buffer | undefined;
/** Made once: a thousand members of 1 MB, which a decompressor reads as one. */
export function zeros(): Buffer {
  return (zipped ??= Buffer.concat(
    new Array<Buffer>(1000).fill(gzipSync(Buffer.alloc(1_000_000))),
  ));
}
