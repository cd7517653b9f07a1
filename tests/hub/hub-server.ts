import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { handlers, token } from "./hub-routes";

/** A repository as the server keeps it. */
export interface StoredRepo {
  private: boolean;
  files: Map<string, Buffer>;
  commits: number;
}

/** What the server does to a request instead of answering it; `undefined` lets it pass. */
export type Fault = (request: { route: string; path: string }) => number | "cut" | undefined;

/** The part of the Hub's API that an upload needs, on loopback, checked as the Hub checks it. */
export interface HubServer {
  url: string;
  /** `models/user/name` or `datasets/user/name` → repository */
  repos: Map<string, StoredRepo>;
  /** `create`, `tree`, `preupload`, `batch`, `put`, `commit`, in the order in which they came */
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
    const route = routeOf(request.method!, path);
    hub.routes.push(route);
    const fault = hub.fault({ route, path });
    if (fault === "cut") return void request.once("data", () => request.socket.destroy());
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const reply = (status: number, body: unknown = {}): void => {
        response
          .writeHead(status, { "Content-Type": "application/json" })
          .end(JSON.stringify(body));
      };
      const knows = route === "put" || request.headers.authorization === `Bearer ${token}`;
      if (!knows) return reply(401, { error: "Invalid credentials in Authorization header" });
      if (fault !== undefined) return reply(fault, { error: "as the test wants it" });
      // the Hub's storage takes no file whose size it is not told beforehand
      if (route === "put" && !request.headers["content-length"]) return reply(411);
      handlers[route]({ hub, storage, path, body: Buffer.concat(parts), reply });
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

function routeOf(method: string, path: string): string {
  if (path === "/api/repos/create") return "create";
  if (path.endsWith("/info/lfs/objects/batch")) return "batch";
  if (method === "PUT" && path.startsWith("/storage/")) return "put";
  return (
    /^\/api\/(?:models|datasets)\/[^/]+\/[^/]+\/(tree|preupload|commit)\/main$/.exec(path)?.[1] ??
    "other"
  );
}
