import { createHash } from "node:crypto";
import type { HubServer, StoredRepo } from "./hub-server";

/** The only token that the server knows. */
export const token = "hf_thetestsowntoken";
/** Part of the addresses that the server's storage takes files under. */
export const signature = "X-Signature=notforthelog";

export interface Exchange {
  hub: HubServer;
  storage: Map<string, Buffer>;
  path: string;
  body: Buffer;
  reply: (status: number, body?: unknown) => void;
}

const isLarge = (path: string): boolean => /\.(safetensors|parquet)$/.test(path);
const digest = (name: string, ...content: (string | Buffer)[]): string =>
  content.reduce((hash, part) => hash.update(part), createHash(name)).digest("hex");
const repoOf = ({ hub, path }: Exchange): StoredRepo | undefined =>
  hub.repos.get(path.split("/").slice(2, 5).join("/"));

/** What the server does for each route. */
export const handlers: Record<string, (exchange: Exchange) => void> = {
  create: ({ hub, body, reply }) => {
    const { name, organization, type, visibility } = JSON.parse(body.toString()) as Record<
      string,
      string
    >;
    const key = `${type}s/${organization}/${name}`;
    if (hub.repos.has(key)) return reply(409, { error: "You already created this repo" });
    const attributes = Buffer.from("*.parquet filter=lfs\n");
    const files = new Map([[".gitattributes", attributes]]);
    hub.repos.set(key, { private: visibility === "private", files, commits: 0 });
    reply(200, { url: `${hub.url}/${key}`, id: key });
  },
  tree: (exchange) => {
    const repo = repoOf(exchange);
    if (!repo) return exchange.reply(404, { error: "Repository not found" });
    const entries = [...repo.files].map(([path, content]) => ({
      type: "file",
      path,
      size: content.length,
      oid: digest("sha1", `blob ${content.length}\0`, content),
      ...(isLarge(path) && { oid: "pointer", lfs: { oid: digest("sha256", content) } }),
    }));
    exchange.reply(200, entries);
  },
  preupload: ({ body, reply }) => {
    const { files } = JSON.parse(body.toString()) as { files: { path: string }[] };
    const modes = files.map(({ path }) => ({
      path,
      uploadMode: isLarge(path) ? "lfs" : "regular",
    }));
    reply(200, { files: modes });
  },
  batch: ({ hub, storage, body, reply }) => {
    const { objects, transfers } = JSON.parse(body.toString()) as {
      objects: { oid: string; size: number }[];
      transfers: string[];
    };
    hub.transfers.push(transfers);
    const answers = objects.map(({ oid, size }) => {
      const upload = { href: `${hub.url}/storage/${oid}?${signature}` };
      return { oid, size, ...(!storage.has(oid) && { actions: { upload } }) };
    });
    reply(200, { transfer: "basic", objects: answers });
  },
  put: ({ storage, path, body, reply }) => {
    const oid = path.slice("/storage/".length);
    if (digest("sha256", body) !== oid) return reply(400, { error: "checksum" });
    storage.set(oid, body);
    reply(200);
  },
  commit: (exchange) => {
    const { storage, hub, body, reply } = exchange;
    const repo = repoOf(exchange)!;
    const lines = body
      .toString()
      .split("\n")
      .map((line) => JSON.parse(line) as CommitLine);
    for (const { key, value } of lines) {
      if (key === "file") repo.files.set(value.path, Buffer.from(value.content!, "base64"));
      if (key === "lfsFile") {
        const content = storage.get(value.oid!);
        if (!content) return reply(400, { error: `lfs object ${value.oid} was not uploaded` });
        repo.files.set(value.path, content);
      }
    }
    repo.commits++;
    reply(200, { commitOid: "c0ffee", commitUrl: `${hub.url}/commit/${repo.commits}` });
  },
  other: ({ path, reply }) => reply(404, { error: `no such route: ${path}` }),
};

interface CommitLine {
  key: string;
  value: { path: string; content?: string; oid?: string };
}
