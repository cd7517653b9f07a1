import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The HTML files below `root` that links lead to from its `index.html`, found on the disk, without any of the
 * crawler's code: links by a regular expression, names by `path`.
 */
export function findReachable(root: string): Set<string> {
  const found = new Set(["index.html"]);
  for (const file of found) {
    for (const href of readLinks(path.join(root, file))) {
      const target = resolve(file, href);
      if (target !== undefined && isPage(root, target)) found.add(target);
    }
  }
  return found;
}

function readLinks(file: string): string[] {
  const html = fs
    .readFileSync(file, "utf8")
    .replace(/<!--[^]*?-->/g, "")
    .replace(/<(script|style)\b[^]*?<\/\1>/g, "");
  const links = html.matchAll(/<a\s(?:[^>"]|"[^"]*")*?href="([^"]*)"/g);
  return [...links].map((match) => match[1].replaceAll("&amp;", "&"));
}

function resolve(file: string, href: string): string | undefined {
  const [name] = href.split(/[?#]/, 1);
  if (/^[a-z][a-z+.-]*:|^\//i.test(name) || name === "") return undefined;
  const target = path.posix.join(path.posix.dirname(file), decodeURIComponent(name));
  return target.endsWith("/") || target === "." ? path.posix.join(target, "index.html") : target;
}

function isPage(root: string, file: string): boolean {
  if (file.startsWith("..") || !file.endsWith(".html")) return false;
  const full = path.join(root, file);
  return fs.existsSync(full) && fs.realpathSync(full).startsWith(fs.realpathSync(root) + path.sep);
}
