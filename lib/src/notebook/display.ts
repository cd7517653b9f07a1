import { randomBytes } from "node:crypto";
import * as path from "node:path";

/** One output in several forms, by mime type; a reader (JupyterLab, GitHub, nbconvert) takes the best it knows. */
export type MimeBundle = Record<string, unknown>;

type WriteDisplayData = (
  output: { data: MimeBundle; metadata: MimeBundle; transient: { display_id?: string } },
  update: boolean,
) => void;

/**
 * The running kernel's way to write an output; undefined outside a tslab kernel.
 *
 * tslab's public `display` carries one mime type a call, so this takes the function below it. The kernel has
 * loaded that module before any cell runs: where it is not in the cache there is no kernel, and nothing is loaded.
 */
function findWriter(): WriteDisplayData | undefined {
  const ending = path.join("tslab", "dist", "jupyter.js");
  const file = Object.keys(require.cache).find((name) => name.endsWith(ending));
  if (file === undefined) return undefined;
  const jupyter = require.cache[file]?.exports as {
    lastWriteDisplayData?: WriteDisplayData | null;
  };
  return jupyter.lastWriteDisplayData ?? undefined;
}

/** True where outputs can be shown, that is in a cell of a tslab kernel. */
export function canDisplay(): boolean {
  return findWriter() !== undefined;
}

/**
 * Adds an output to the running cell. Does nothing outside a kernel.
 * @param metadata hints by mime type, such as an image's `alt` and `width`
 */
export function displayBundle(data: MimeBundle, metadata: MimeBundle = {}): void {
  findWriter()?.({ data, metadata, transient: {} }, false);
}

/** An output that can be overwritten in place: each call of the result shows `data` instead of what was there. */
export function createDisplay(): (data: MimeBundle) => void {
  const id = randomBytes(8).toString("hex");
  let shown = false;
  return (data) => {
    findWriter()?.({ data, metadata: {}, transient: { display_id: id } }, shown);
    shown = true;
  };
}

/** Shows HTML as the cell's output; it is inserted as it is, so escape what comes from outside. */
export function showHtml(html: string): void {
  displayBundle({ "text/html": html, "text/plain": "(HTML)" });
}

/**
 * Shows Markdown, rendered, as the cell's output.
 * @param options.inset set apart by lines, headings two levels lower: for a document within the notebook
 */
export function showMarkdown(text: string, options: { inset?: boolean } = {}): void {
  const shown = options.inset ? `---\n\n${lowerHeadings(text.trim())}\n\n---` : text;
  displayBundle({ "text/markdown": shown, "text/plain": text });
}

/** Adds two levels to every heading; a `#` in a fenced block is code. */
function lowerHeadings(text: string): string {
  let isCode = false;
  const lines = text.split("\n").map((line) => {
    if (line.startsWith("```")) isCode = !isCode;
    return isCode ? line : line.replace(/^#{1,4} /, "##$&");
  });
  return lines.join("\n");
}

/** A text with the characters that mean something in HTML escaped, for content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}
