import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { describeError, sha256 } from "../common/index";
import { findServedFile } from "./find-served-file";

/** A server that runs until it is closed. */
export interface SiteServer {
  /** Address of the folder, with a slash at its end. */
  url: string;
  close(): Promise<void>;
}

const contentTypes: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/**
 * Serves a folder's files on 127.0.0.1: GET and HEAD, `index.html` for a folder, ETag. Nothing outside the
 * folder, and no name that starts with a dot.
 * @param options port to listen on; 0, the default, takes a free one
 * @throws Error when the port is taken
 */
export async function serveFolder(
  folder: string,
  { port = 0 }: { port?: number } = {},
): Promise<SiteServer> {
  const root = fs.realpathSync(folder);
  const server = http.createServer((request, response) => {
    try {
      answer(root, request, response);
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${describeError(error)}\n`);
    }
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

function answer(root: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const fail = (status: number, headers: http.OutgoingHttpHeaders = {}): void => {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
    response.end(request.method === "HEAD" ? "" : `${status} ${http.STATUS_CODES[status]}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD")
    return fail(405, { allow: "GET, HEAD" });
  const found = findServedFile(root, request.url ?? "/");
  if ("location" in found) return fail(301, { location: found.location });
  if ("status" in found) return fail(found.status);

  // Read whole: a file that is written to meanwhile must not outgrow the length that the headers name.
  const content = fs.readFileSync(found.file);
  const etag = `"${sha256(content).slice(0, 16)}"`;
  if (request.headers["if-none-match"] === etag)
    return void response.writeHead(304, { etag }).end();
  const type = contentTypes[path.extname(found.file)] ?? "application/octet-stream";
  response.writeHead(200, { etag, "content-type": type, "content-length": content.length });
  response.end(request.method === "HEAD" ? undefined : content);
}
