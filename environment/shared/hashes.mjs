import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** SHA-256 of a text or of bytes, in hex. */
export function hashText(content) {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-256 of a file, in hex, read in blocks. */
export function hashFile(file) {
  const hash = createHash("sha256");
  const handle = fs.openSync(file, "r");
  const block = Buffer.alloc(1 << 20);
  try {
    for (let n = fs.readSync(handle, block); n > 0; n = fs.readSync(handle, block)) {
      hash.update(block.subarray(0, n));
    }
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest("hex");
}

/** The files below a folder, or the file itself, sorted; nothing where it is missing. */
export function listFiles(entry) {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [entry];
  return fs
    .readdirSync(entry)
    .sort()
    .flatMap((name) => listFiles(path.join(entry, name)));
}

/** One hash over names and contents of files and folders; a missing one counts as that. */
export function hashTree(root, entries, hashOne = hashFile) {
  const files = entries.flatMap((entry) => {
    const found = listFiles(path.join(root, entry));
    return found.length ? found : [path.join(root, entry)];
  });
  const lines = files.map((file) => {
    const content = fs.existsSync(file) && fs.statSync(file).isFile() ? hashOne(file) : "missing";
    return `${path.relative(root, file)} ${content}`;
  });
  return hashText(lines.join("\n"));
}
