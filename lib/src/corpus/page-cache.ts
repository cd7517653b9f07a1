import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson, sha256, writeJson } from "../common/index";

/** A page as a server sent it, with what tells whether it has changed since. */
export interface CachedReply {
  url: string;
  etag: string | null;
  lastModified: string | null;
  html: string;
}

/** Pages of earlier crawls, a JSON file each (RFC 9110, section 13: conditional requests). */
export class PageCache {
  private readonly used = new Set<string>();

  /** @param folder without one, nothing is kept and nothing found */
  constructor(private readonly folder?: string) {}

  /** What an earlier crawl was sent for `url`; a file that cannot be read counts as none. */
  find(url: string): CachedReply | undefined {
    const file = this.fileOf(url);
    if (!file || !fs.existsSync(file)) return undefined;
    try {
      const reply = readJson<CachedReply>(file);
      if (reply.url !== url || typeof reply.html !== "string") return undefined;
      this.used.add(path.basename(file));
      return reply;
    } catch (error) {
      if (error instanceof InputError) return undefined; // it is asked for anew, and written over
      throw error;
    }
  }

  /** The headers that ask for a page only where it has changed. */
  conditions(reply: CachedReply | undefined): Record<string, string> {
    return {
      ...(reply?.etag && { "if-none-match": reply.etag }),
      ...(reply?.lastModified && { "if-modified-since": reply.lastModified }),
    };
  }

  /** Keeps a page, if its headers hold anything to ask by later. */
  keep(url: string, html: string, headers: Headers): void {
    const file = this.fileOf(url);
    const [etag, lastModified] = [headers.get("etag"), headers.get("last-modified")];
    if (!file || (!etag && !lastModified)) return;
    writeJson(file, { url, etag, lastModified, html } satisfies CachedReply);
    this.used.add(path.basename(file));
  }

  /** Removes the pages that this crawl had no use for. */
  prune(): void {
    if (!this.folder || !fs.existsSync(this.folder)) return;
    for (const name of fs.readdirSync(this.folder)) {
      const isOurs = /^[0-9a-f]{64}\.json(\..*\.tmp)?$/.test(name);
      if (isOurs && !this.used.has(name)) fs.rmSync(path.join(this.folder, name));
    }
  }

  private fileOf(url: string): string | undefined {
    return this.folder && path.join(this.folder, `${sha256(url)}.json`);
  }
}
