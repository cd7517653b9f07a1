/** Serves a folder, crawls it twice with one cache, and prints what came of it: folder, work folder, options. */
import * as path from "node:path";
import { loadSettings } from "mrl/common";
import { crawlSite, serveFolder, type CrawlOptions, type CrawlResult } from "mrl/corpus";

export interface TreeCrawl {
  first: CrawlResult & { seconds: number };
  again: { unchanged: number; kept: number; seconds: number };
  /** Most memory that the process held, server included. */
  peakMb: number;
}

async function main(folder: string, workDir: string, change: string): Promise<void> {
  const { site } = loadSettings({ site: { maxPages: 10_000 } }, {});
  const server = await serveFolder(folder);
  const options: CrawlOptions = {
    ...site,
    ...(JSON.parse(change) as Partial<CrawlOptions>),
    startUrl: server.url,
    folder: path.join(workDir, "pages"),
    cacheFolder: path.join(workDir, "cache"),
  };
  const timed = async (): Promise<TreeCrawl["first"]> => {
    const startedAt = performance.now();
    const result = await crawlSite(options);
    return { ...result, seconds: (performance.now() - startedAt) / 1000 };
  };
  const first = await timed();
  const { pages, unchanged, seconds } = await timed();
  const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const again = { unchanged, kept: pages.length, seconds };
  await server.close();
  console.log(JSON.stringify({ first, again, peakMb } satisfies TreeCrawl));
}

const [folder, workDir, change] = process.argv.slice(2);
void main(folder, workDir, change);
