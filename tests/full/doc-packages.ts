import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** A documentation tree out of a Debian package. */
export interface DocTree {
  /** Name and version of the package. */
  title: string;
  /** Holds its `index.html`. */
  folder: string;
}

const cache = path.join(process.cwd(), "environment", ".cache", "doc-packages");

/** Why no Debian package can be had on this machine; nothing when they can. */
export function whyNoPackages(): string | undefined {
  for (const command of ["apt-get", "apt-cache", "dpkg"])
    if (!hasCommand(command)) return `${command} is missing: this needs Debian or a relative of it`;
  return undefined;
}

function hasCommand(command: string): boolean {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, command)));
}

/**
 * Fetches and unpacks the first of `names` that this release of Debian has, where that is not done yet.
 * Nothing is installed, and no rights are needed.
 * @returns nothing when it has none of them
 */
export function fetchTree(names: readonly string[]): DocTree | undefined {
  const unpacked = names.map((name) => path.join(cache, name)).find((one) => fs.existsSync(one));
  const folder = unpacked ?? unpackFirst(names);
  if (!folder) return undefined;
  const files = fs.readdirSync(folder, { recursive: true }) as string[];
  const indexes = files.filter((file) => /(^|\/)html\/index\.html$/.test(file));
  const [index] = indexes.sort((a, b) => a.length - b.length);
  const version = fs.readFileSync(path.join(folder, "version"), "utf8");
  const title = `${path.basename(folder)} ${version}`;
  return { title, folder: path.join(folder, path.dirname(index)) };
}

function unpackFirst(names: readonly string[]): string | undefined {
  const partial = path.join(cache, "partial");
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
      cwd: partial,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  // Lists of its own: an image often comes without any, and root's are not ours to change.
  const lists = path.join(cache, "lists");
  fs.mkdirSync(path.join(lists, "partial"), { recursive: true });
  const own = [
    "-o",
    `Dir::State::lists=${lists}`,
    "-o",
    "Dir::Cache::pkgcache=",
    "-o",
    "Dir::Cache::srcpkgcache=",
  ];
  const hasNone = (options: string[]): boolean => names.every((name) => !known(run, options, name));
  const options = hasNone([]) ? own : [];
  if (options.length > 0) run("apt-get", ...own, "update", "-qq");
  const name = names.find((one) => known(run, options, one));
  if (name === undefined) return undefined;
  run("apt-get", ...options, "download", name);
  const file = fs.readdirSync(partial).find((one) => one.endsWith(".deb"))!;
  run("dpkg", "-x", file, "tree");
  const version = run("dpkg-deb", "-f", file, "Version").trim();
  fs.writeFileSync(path.join(partial, "tree", "version"), version);
  fs.renameSync(path.join(partial, "tree"), path.join(cache, name));
  fs.rmSync(partial, { recursive: true });
  return path.join(cache, name);
}

function known(
  run: (...args: [string, ...string[]]) => string,
  options: string[],
  name: string,
): boolean {
  return /Candidate: \d/.test(run("apt-cache", ...options, "policy", name));
}
