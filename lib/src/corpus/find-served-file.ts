import * as fs from "node:fs";
import * as path from "node:path";

/** A file to send, another address to go to, or the status that refuses. */
export type ServedFile = { file: string } | { location: string } | { status: 400 | 403 | 404 };

/**
 * The file that a request's target means below `root`.
 * @param root an absolute folder without links in its own path
 * @param target as it stands in the request line, percent-encoded, perhaps with a query
 */
export function findServedFile(root: string, target: string): ServedFile {
  const [rawPath] = target.split(/[?#]/, 1);
  const name = decode(rawPath);
  if (name === undefined || name.includes("\0") || !name.startsWith("/")) return { status: 400 };
  const parts = name.split(/[/\\]+/);
  if (parts.includes("..")) return { status: 403 };
  if (parts.some((part) => part.startsWith("."))) return { status: 404 };
  return findFile(root, path.join(root, name), rawPath.replace(/^\/+/, "/"));
}

function findFile(root: string, file: string, rawPath: string): ServedFile {
  const stat = statIfThere(file);
  if (!stat) return { status: 404 };
  if (!isBelow(root, fs.realpathSync(file))) return { status: 403 };
  if (stat.isDirectory()) {
    if (!rawPath.endsWith("/")) return { location: `${rawPath}/` };
    return findFile(root, path.join(file, "index.html"), "/index.html");
  }
  return stat.isFile() ? { file } : { status: 404 };
}

function statIfThere(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
    throw error;
  }
}

function isBelow(root: string, file: string): boolean {
  return file === root || file.startsWith(root + path.sep);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
