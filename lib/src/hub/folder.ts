import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, describeError } from "../common/index";

/** A file to be published. */
export interface PublishedFile {
  /** Path in the folder, with `/`. */
  path: string;
  bytes: number;
}

/** A folder that is ready to upload. */
export interface PublishedFolder {
  folder: string;
  files: PublishedFile[];
  /** All files together. */
  bytes: number;
}

/** Every file of a folder, sorted by path. Links and hidden files are not published. */
export function listFolder(folder: string): PublishedFolder {
  if (!fs.existsSync(folder)) throw new InputError(`${folder} is missing; prepare it first`);
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({
      path: path.relative(folder, file).split(path.sep).join("/"),
      bytes: fs.statSync(file).size,
    }))
    .filter((file) => !file.path.split("/").some((part) => part.startsWith(".")))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { folder, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/**
 * Fills a folder whole or not at all: `fill` writes into a neighbour, which then takes the folder's place.
 * @throws Error naming the folder when it cannot be written; an earlier one stays as it was
 */
export function writeFolderAtomic(folder: string, fill: (folder: string) => void): PublishedFolder {
  const mark = `${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  const [fresh, old] = [`${folder}.${mark}`, `${folder}.old.${mark}`];
  try {
    removeLeftovers(folder);
    fs.mkdirSync(fresh, { recursive: true });
    fill(fresh);
    if (fs.existsSync(folder)) fs.renameSync(folder, old);
    fs.renameSync(fresh, folder);
  } catch (error) {
    if (fs.existsSync(old) && !fs.existsSync(folder)) fs.renameSync(old, folder);
    if (error instanceof InputError) throw error;
    throw new Error(`${folder} could not be written (${describeError(error)})`, { cause: error });
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
    fs.rmSync(old, { recursive: true, force: true });
  }
  return listFolder(folder);
}

/** What a killed run left beside the folder. */
function removeLeftovers(folder: string): void {
  const parent = path.dirname(folder);
  if (!fs.existsSync(parent)) return;
  const start = `${path.basename(folder)}.`;
  for (const name of fs.readdirSync(parent)) {
    if (name.startsWith(start) && name.endsWith(".tmp")) {
      fs.rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}
