import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { type RepoId, listFiles } from "@huggingface/hub";
import { sha256File } from "../common/index";
import type { PublishedFile } from "./folder";

interface Connection {
  repo: RepoId;
  accessToken: string;
  hubUrl?: string;
  fetch: typeof fetch;
}

/** The files whose content the repository does not have under that name. */
export async function findChangedFiles(
  folder: string,
  files: readonly PublishedFile[],
  connection: Connection,
): Promise<PublishedFile[]> {
  const there = new Map<string, { oid?: string; lfs?: { oid: string } }>();
  for await (const entry of listFiles({ ...connection, recursive: true })) {
    there.set(entry.path, entry);
  }
  return files.filter((file) => {
    const remote = there.get(file.path);
    if (!remote) return true;
    const local = path.join(folder, file.path);
    return remote.lfs ? remote.lfs.oid !== sha256File(local) : remote.oid !== gitBlobId(local);
  });
}

/** The name under which git keeps a file's content. */
function gitBlobId(file: string): string {
  const content = fs.readFileSync(file);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
