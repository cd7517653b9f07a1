import assert from "node:assert/strict";
import test from "node:test";
import { reportCrawl } from "mrl/corpus";
import { crawl, docPage, withSite, type Handler } from "./test-site";

test("a progress line counts pages up to those found and says what waits or was skipped", () => {
  const busyOnce: Handler = (response, visit) =>
    void response.writeHead(visit > 1 ? 404 : 503).end();
  const lines: [number, object][] = [];
  const report = reportCrawl({ update: (done, change) => lines.push([done, change]) });
  return withSite(
    { "/": docPage("Start", ["gone.html"]), "/gone.html": busyOnce },
    async (site, folder) => {
      await crawl(`${site.url}/`, folder, { onEvent: report });
      assert.deepEqual(lines, [
        [1, { total: 2, note: "" }],
        [1, { note: "the server answers 503; next try in 0.0 s" }],
        [2, { total: 2, note: "1 skipped" }],
      ]);
    },
  );
});
