import assert from "node:assert/strict";
import test, { after } from "node:test";
import type { CrawlOptions } from "mrl/corpus";
import { crawlAround, inArticle, many, patient, writeFaults } from "./measure-fault";
import type { Handler } from "./test-site";

after(() => writeFaults("pages"));

/** Pages that a correct parser needs too long or too much memory for, or whose bytes are no page. */
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
];
for (const [fault, handler, line, options] of skippedPages) {
  test(`${fault}: the page is skipped with a line that says why, the next one is read`, async () => {
    assert.match((await crawlAround(fault, handler, options)).line, line);
  });
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
