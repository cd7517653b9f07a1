import * as fs from "node:fs";
import * as path from "node:path";

/** What a stamp file says, or "" where there is none. */
export function readStamp(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
}

/** Written last, when a step's products are all there. */
export function writeStamp(file, key) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, key + "\n");
  fs.renameSync(`${file}.new`, file);
}

/** Puts a finished folder in the place of an old one; a kill in between leaves one of the two in place. */
export function swapFolder(fresh, target) {
  const old = `${target}.old`;
  fs.rmSync(old, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(fresh, target);
  fs.rmSync(old, { recursive: true, force: true });
}
