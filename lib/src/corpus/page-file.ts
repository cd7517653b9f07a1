import { sha256 } from "../common/index";

/**
 * The name of the file that holds a page's text: what is readable of its path, then 16 hex digits of the
 * path's SHA-256: `core/strands.html` → `core-strands-<16 digits>.txt`.
 *
 * The digits tell apart what the readable part cannot (case, unicode, very long paths), so names differ
 * on file systems that ignore case too. No name has a separator, starts with a dot or exceeds 81 bytes.
 * @param page path of the page below the start URL
 */
export function pageFileName(page: string): string {
  const readable = decode(page)
    .toLowerCase()
    .replace(/\.html?$/, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-|-$/g, "");
  return `${readable || "page"}-${sha256(page).slice(0, 16)}.txt`;
}

function decode(page: string): string {
  try {
    return decodeURIComponent(page);
  } catch (error) {
    if (error instanceof URIError) return page;
    throw error;
  }
}
