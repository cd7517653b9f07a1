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
  /** Sends bytes of a file. */
  send: (status: number, content: Buffer, headers: Record<string, string>) => void;
}

const isLarge = (path: string): boolean => /\.(safetensors|parquet)$/.test(path);
const digest = (name: string, ...content: (string | Buffer)[]): string =>
  content.reduce((hash, part) => hash.update(part), createHash(name)).digest("hex");
/** The repository of a path, `/api/datasets/user/name/…` or `/datasets/user/name/…`. */
export const repoOf = (hub: HubServer, path: string): StoredRepo | undefined =>
  hub.repos.get(
    path
      .replace(/^\/api\//, "/")
      .split("/")
      .slice(1, 4)
      .join("/"),
  );

/** The commits at the heads of a repository's two branches. */
export const commits = { main: "c0ffee", converted: "facade" };
/** Where the Hub keeps a dataset's files as Parquet, whatever was uploaded. */
const convertedBranch = "refs/convert/parquet";

function filesAt(repo: StoredRepo | undefined, revision: string): Map<string, Buffer> | undefined {
  return [convertedBranch, commits.converted].includes(revision) ? repo?.converted : repo?.files;
}

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
  info: ({ hub, path, reply }) => {
    const revision = path.split("/revision/")[1];
    if (!filesAt(repoOf(hub, path), revision)) return reply(404, { error: "Revision not found" });
    const sha = revision === convertedBranch ? commits.converted : commits.main;
    reply(200, { _id: "1", id: path.split("/").slice(3, 5).join("/"), sha });
  },
  tree: ({ hub, path, reply }) => {
    const files = filesAt(repoOf(hub, path), path.split("/tree/")[1]);
    if (!files) return reply(404, { error: "Repository not found" });
    const entries = [...files].map(([path, content]) => ({
      type: "file",
      path,
      size: content.length,
      oid: digest("sha1", `blob ${content.length}\0`, content),
      ...(isLarge(path) && { oid: "pointer", lfs: { oid: digest("sha256", content) } }),
    }));
    reply(200, entries);
  },
  // The client asks for the first byte, to learn the size, then for the whole.
  probe: ({ hub, path, send }) => {
    const content = contentOf(hub, path);
    if (isLarge(path)) return send(200, Buffer.from("{}"), describeXet(hub, content));
    const headers = { "Content-Range": `bytes 0-0/${content.length}`, ETag: '"one"' };
    send(206, content.subarray(0, 1), headers);
  },
  // Large files lie with another host, behind a signed address.
  download: ({ hub, path, send }) => {
    if (!isLarge(path)) return send(200, contentOf(hub, path), {});
    const host = hub.url.replace("127.0.0.1", "localhost");
    send(302, Buffer.alloc(0), { Location: `${host}/storage${path}?${signature}` });
  },
  stored: ({ hub, path, send }) => send(200, contentOf(hub, path.slice("/storage".length)), {}),
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
    const { storage, hub, path, body, reply } = exchange;
    const repo = repoOf(hub, path)!;
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

/** What the Hub says of a large file to a client that may speak Xet. */
function describeXet(hub: HubServer, content: Buffer): Record<string, string> {
  const link = (name: string): string => `<${hub.url}/${name}>; rel="${name}"`;
  return {
    "Content-Type": "application/vnd.xet-fileinfo+json",
    "X-Linked-Size": String(content.length),
    "X-Xet-Hash": "none",
    ETag: '"one"',
    Link: [link("xet-auth"), link("xet-reconstruction-info")].join(", "),
  };
}

function contentOf(hub: HubServer, path: string): Buffer {
  const [, revision, file] = /\/resolve\/([^/]+)\/(.*)$/.exec(path)!;
  return filesAt(repoOf(hub, path), revision)!.get(file)!;
}

interface CommitLine {
  key: string;
  value: { path: string; content?: string; oid?: string };
}
