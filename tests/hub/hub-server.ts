import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { type Exchange, handlers, repoOf, token } from "./hub-routes";

/** A repository as the server keeps it. */
export interface StoredRepo {
  private: boolean;
  files: Map<string, Buffer>;
  commits: number;
  /** What the Hub's own branch of Parquet files holds. */
  converted?: Map<string, Buffer>;
}

/** What the server does to a request instead of answering it; `undefined` lets it pass. */
export type Fault = (request: { route: string; path: string }) => number | "cut" | undefined;

/** The part of the Hub's API that uploads and downloads need, on loopback, checked as the Hub checks it. */
export interface HubServer {
  url: string;
  /** `models/user/name` or `datasets/user/name` → repository */
  repos: Map<string, StoredRepo>;
  /** Names in `handlers` of `hub-routes`, in the order in which the requests came. */
  routes: string[];
  /** Transfers that each LFS batch offered. */
  transfers: string[][];
  fault: Fault;
  stop(): Promise<void>;
}

export async function startHubServer(): Promise<HubServer> {
  const storage = new Map<string, Buffer>();
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, hub.url).pathname);
    const route = routeOf(request, path);
    hub.routes.push(route);
    const fault = hub.fault({ route, path });
    if (fault === "cut" && request.method === "GET")
      return void response
        .writeHead(200, { "Content-Length": 1000 })
        .write("half", () => request.socket.destroy());
    if (fault === "cut") return void request.once("data", () => request.socket.destroy());
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const reply = (status: number, body: unknown = {}): void => {
        response
          .writeHead(status, { "Content-Type": "application/json" })
          .end(JSON.stringify(body));
      };
      const send: Exchange["send"] = (status, content, headers) =>
        void response.writeHead(status, headers).end(content);
      if (!isAllowed(hub, route, path, request.headers.authorization))
        return reply(401, { error: "Invalid credentials in Authorization header" });
      if (fault !== undefined) return reply(fault, { error: "as the test wants it" });
      // the Hub's storage takes no file whose size it is not told beforehand
      if (route === "put" && !request.headers["content-length"]) return reply(411);
      handlers[route]({ hub, storage, path, body: Buffer.concat(parts), reply, send });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hub: HubServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repos: new Map(),
    routes: [],
    transfers: [],
    fault: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return hub;
}

/** Without a token only what is public can be read. */
function isAllowed(hub: HubServer, route: string, path: string, authorization?: string): boolean {
  if (["put", "stored"].includes(route) || authorization === `Bearer ${token}`) return true;
  const reads = ["info", "tree", "probe", "download"].includes(route);
  return reads && authorization === undefined && repoOf(hub, path)?.private === false;
}

function routeOf({ method, headers }: http.IncomingMessage, path: string): string {
  if (path === "/api/repos/create") return "create";
  if (path.endsWith("/info/lfs/objects/batch")) return "batch";
  if (path.startsWith("/storage/")) return method === "PUT" ? "put" : "stored";
  const [, action = "other"] =
    /^(?:\/api\/(?:models|datasets)|\/datasets)\/[^/]+\/[^/]+\/(\w+)\/./.exec(path) ?? [];
  if (action === "revision") return "info";
  if (action === "resolve") return headers.range ? "probe" : "download";
  return action in handlers ? action : "other";
}
