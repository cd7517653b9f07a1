import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";
import { InputError, type ProgressListener, describeError, writeFileAtomic } from "../common/index";

export interface SampleSiteOptions {
  /** The project's folder, which holds `data/sample/docs` and `environment/venv`. */
  root: string;
  /** Gets the HTML; what it held before is replaced. */
  folder: string;
  /** Told how many pages are built, out of all; a page that is read and not yet written counts half. */
  onProgress?: ProgressListener;
  signal?: AbortSignal;
}

/** Name of the file in the built site that says which sources it was built from. */
const stampName = ".built-from";

/**
 * Builds the sample documentation with the Sphinx of the project's Python environment. An interrupted build
 * leaves the earlier site.
 * @returns whether it was built; false when `folder` was up to date
 * @throws InputError when Sphinx is missing or fails, with what it said
 */
export async function buildSampleSite(options: SampleSiteOptions): Promise<boolean> {
  const { root, folder } = options;
  const source = path.join(root, "data", "sample", "docs");
  const python = path.join(root, "environment", "venv", "bin", "python");
  for (const needed of [source, python])
    if (!fs.existsSync(needed))
      throw new InputError(`${needed} is missing; run "npm run setup" in a whole checkout`);
  const stamp = hashSources([source, path.join(root, "environment", "requirements.txt")]);
  const stampFile = path.join(folder, stampName);
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, "utf8") === stamp) return false;

  const fresh = `${folder}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  const html = path.join(fresh, "html");
  await runSphinx(python, [source, html, "-d", path.join(fresh, "doctrees")], options);
  writeFileAtomic(path.join(html, stampName), stamp);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(html, folder);
  fs.rmSync(fresh, { recursive: true });
  return true;
}

async function runSphinx(
  python: string,
  args: [source: string, html: string, ...more: string[]],
  { onProgress, signal }: SampleSiteOptions,
): Promise<void> {
  const pages = listFiles(args[0]).filter((name) => name.endsWith(".md")).length;
  // Unbuffered, as else the lines come at the end, all at once; without colour, as with CI=true or FORCE_COLOR
  // Sphinx writes its progress over one line, -N or not.
  const env = { ...process.env, PYTHONUNBUFFERED: "1", NO_COLOR: "1" };
  const child = spawn(python, ["-m", "sphinx", "-N", "-b", "html", ...args], { env, signal });
  let steps = 0;
  readline.createInterface(child.stdout).on("line", (line) => {
    if (!/^(reading sources|writing output)\.\.\. \[ *\d+%\]/.test(line)) return;
    onProgress?.(Math.min(pages, Math.floor(++steps / 2)), pages);
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const describeEnd = ([code]: unknown[]): string =>
    code === 0 ? "" : stderr.trim().slice(-500) || `it ended with code ${String(code)}`;
  const failure = await once(child, "close").then(describeEnd, describeError);
  if (failure === "") return;
  signal?.throwIfAborted();
  throw new InputError(
    `Sphinx could not build ${args[0]}: ${failure}; ` +
      'if its installation is incomplete, delete environment/venv and run "npm run setup"',
  );
}

/** SHA-256 over the names and contents of all files below the given files and folders. */
function hashSources(sources: string[]): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    if (!fs.existsSync(source)) continue;
    const names = fs.statSync(source).isDirectory() ? listFiles(source) : [""];
    for (const name of names) {
      const content = fs.readFileSync(path.join(source, name));
      hash.update(`${name}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

function listFiles(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.includes("__pycache__"))
    .sort();
}
