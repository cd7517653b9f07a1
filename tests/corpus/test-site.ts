import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { crawlSite, type CrawlEvent, type CrawlOptions, type CrawlResult } from "mrl/corpus";

/** Answers one request; `visit` counts the requests for this path from 1. */
export type Handler = (
  response: http.ServerResponse,
  visit: number,
  request: http.IncomingMessage,
) => void;

export interface TestSite {
  url: string;
  /** What is answered; a test may add what needs the address. */
  paths: Record<string, Handler | string>;
  /** Paths asked for, in order, with the User-Agent. */
  requests: { path: string; agent: string | undefined }[];
  /** Most requests that were open at the same time. */
  maxOpen(): number;
  close(): Promise<void>;
}

/** A real server on loopback that answers each path by its handler, or with a page; 404 for the rest. */
export async function startSite(paths: Record<string, Handler | string>): Promise<TestSite> {
  const requests: TestSite["requests"] = [];
  let open = 0;
  let maxOpen = 0;
  const server = http.createServer((request, response) => {
    const target = request.url ?? "";
    requests.push({ path: target, agent: request.headers["user-agent"] });
    maxOpen = Math.max(maxOpen, ++open);
    response.on("close", () => open--);
    const found = paths[target];
    const visit = requests.filter((one) => one.path === target).length;
    if (typeof found === "string") sendHtml(response, found);
    else if (found) found(response, visit, request);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url, paths, requests, maxOpen: () => maxOpen, close };
}

export function sendHtml(response: http.ServerResponse, html: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
}

/** Answers with nothing but a status and headers. */
export const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (response) =>
    void response.writeHead(code, headers).end();

/** A page as the pydata theme makes it: a sidebar with `links`, and an article. */
export function docPage(title: string, links: string[] = [], text = `About ${title}.`): string {
  const items = links.map((link) => `<li><a href="${link}">${link}</a></li>`).join("");
  return (
    `<!doctype html><title>${title} - Docs</title><div id="pst-primary-sidebar"><ul>${items}</ul></div>` +
    `<article class="bd-article"><h1>${title}<a class="headerlink" href="#">#</a></h1><p>${text}</p></article>`
  );
}

/** Runs `use` with a site and an empty folder, and removes both. */
export async function withSite(
  paths: Record<string, Handler | string>,
  use: (site: TestSite, folder: string) => Promise<void>,
): Promise<void> {
  const site = await startSite(paths);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-corpus-"));
  try {
    await use(site, folder);
  } finally {
    await site.close();
    fs.rmSync(folder, { recursive: true });
  }
}

/** Crawls without long pauses, and keeps the events. */
export async function crawl(
  startUrl: string,
  folder: string,
  options: Partial<CrawlOptions> = {},
): Promise<CrawlResult & { events: CrawlEvent[] }> {
  const events: CrawlEvent[] = [];
  const result = await crawlSite({
    startUrl,
    folder,
    concurrency: 4,
    maxPages: 100,
    onEvent: (event) => events.push(event),
    backoffMs: 1,
    timeoutMs: 300,
    ...options,
  });
  return { ...result, events };
}

/** The contents of a folder's files by name. */
export function readFolder(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]),
  );
}
