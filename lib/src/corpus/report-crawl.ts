import type { CrawlEvent } from "./crawl-types";

/** The part of a progress line that a crawl writes to. */
export interface CrawlProgress {
  update(done: number, change: { total?: number; note?: string }): void;
}

/** A listener for `onEvent` that keeps a progress line up to date: pages taken, found, skipped, and waits. */
export function reportCrawl(progress: CrawlProgress): (event: CrawlEvent) => void {
  let done = 0;
  let skipped = 0;
  return (event) => {
    if (event.type === "retry") {
      const seconds = (event.waitMs / 1000).toFixed(1);
      progress.update(done, { note: `${event.reason}; next try in ${seconds} s` });
      return;
    }
    done = event.done;
    if (event.type === "skipped") skipped++;
    progress.update(done, { total: event.found, note: skipped ? `${skipped} skipped` : "" });
  };
}
