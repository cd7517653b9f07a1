import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test, { after } from "node:test";
import { promisify } from "node:util";
import { readJson, writeJson } from "mrl/common";
import { readPages, type CrawlOptions } from "mrl/corpus";
import type { TreeCrawl } from "./crawl-tree";
import { fetchTree, whyNoPackages } from "./doc-packages";
import { findReachable } from "./reachable-files";

/** Documentation of three themes: where the text stands is found, found, and set. */
const sites: { theme: string; packages: string[]; options: Partial<CrawlOptions> }[] = [
  {
    theme: "Python's own",
    packages: ["python3.13-doc", "python3.12-doc", "python3.11-doc"],
    options: {},
  },
  {
    theme: "Django's own",
    packages: ["python-django-doc"],
    options: { articleSelector: "#bd .yui-g" },
  },
  {
    theme: "pydata",
    packages: ["python-scipy-doc"],
    options: { sidebarSelector: "a[href]" },
  },
];

/** A line of the table of lib/README.md. */
interface SiteResult {
  site: string;
  theme: string;
  options: Partial<CrawlOptions>;
  reachable: number;
  found: number;
  kept: number;
  skipped: number;
  lost: number;
  seconds: number;
  againSeconds: number;
  unchanged: number;
  peakMb: number;
}
const results: SiteResult[] = [];
const resultsFile = path.join("tests", ".build", "real-sites.json");
/** A run of some sites leaves the lines of the others. */
after(() => {
  const earlier = fs.existsSync(resultsFile) ? readJson<SiteResult[]>(resultsFile) : [];
  const others = earlier.filter(({ theme }) => results.every((one) => one.theme !== theme));
  writeJson(resultsFile, [...others, ...results]);
});

for (const { theme, packages, options } of sites) {
  test(`${packages.at(-1)} (theme: ${theme}) is crawled whole: no page that links lead to is lost`, async (t) => {
    const reason = whyNoPackages();
    if (reason) return t.skip(reason);
    const tree = fetchTree(packages);
    if (!tree) return t.skip(`this release of Debian has no ${packages.join(", ")}`);
    const workDir = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-site-"));
    try {
      const { first, again, peakMb } = await crawlTree(tree.folder, workDir, options);
      const reachable = findReachable(tree.folder);
      const kept = new Set(readPages(path.join(workDir, "pages")).map(({ page }) => page));
      const skipped = new Map(first.skipped.map(({ url, reason }) => [pathOf(url), reason]));
      const lost = [...reachable].filter((file) => !kept.has(file) && !skipped.has(file));
      const { seconds, found } = first;
      results.push({
        ...{ site: tree.title, theme, options, reachable: reachable.size, found, kept: kept.size },
        ...{ skipped: skipped.size, lost: lost.length, seconds, againSeconds: again.seconds },
        ...{ unchanged: again.unchanged, peakMb },
      });
      assert.ok(reachable.size >= 500, `only ${reachable.size} pages`);
      assert.deepEqual(lost, []);
      assert.deepEqual(
        [...kept].filter((file) => !reachable.has(file)),
        [],
      );
      const read = [...skipped].filter(([file]) => reachable.has(file));
      read.forEach(([file, reason]) => assert.match(reason, /^no .* in it/, file));
      assert.ok(read.length <= 0.02 * reachable.size, JSON.stringify(read));
      assert.equal(again.kept, kept.size);
      assert.equal(again.unchanged, kept.size + read.length, "the second crawl is sent nothing");
      assert.ok(peakMb < 1500, `${peakMb} MB`);
    } finally {
      fs.rmSync(workDir, { recursive: true });
    }
  });
}

function pathOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function crawlTree(
  folder: string,
  workDir: string,
  options: Partial<CrawlOptions>,
): Promise<TreeCrawl> {
  const script = path.join(__dirname, "crawl-tree.js");
  const args = [script, folder, workDir, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  return JSON.parse(stdout) as TreeCrawl;
}
