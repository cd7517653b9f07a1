import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson, sha256, writeFileAtomic, writeJson } from "../common/index";
import { pageFileName } from "./page-file";
import { byPage } from "./split-chunks";

/** A line of `pages/manifest.json`. */
export interface PageEntry {
  /** Where the page was read. The sample site's port differs from run to run: build on `page`. */
  url: string;
  /** Path below the start URL, such as `core/strands.html`. */
  page: string;
  /** Name of the text file beside the manifest. */
  file: string;
  title: string;
  /** Of the text, UTF-8. */
  sha256: string;
}

/** A page with its text. */
export interface StoredPage extends PageEntry {
  text: string;
}

/** What there is to store of a page. */
export type NewPage = Pick<StoredPage, "url" | "page" | "title" | "text">;

/**
 * Writes one text file a page, then `manifest.json` in one step, then removes texts of earlier crawls.
 * A run that ends early leaves the earlier manifest; {@link readPages} tells when a text is newer than it.
 * @returns the manifest, by path
 */
export function writePages(folder: string, pages: readonly NewPage[]): PageEntry[] {
  const entries = [...pages].sort(byPage).map((page) => writePage(folder, page));
  const files = new Set(entries.map((entry) => entry.file));
  if (files.size < entries.length) throw new Error(`two pages would share a file in ${folder}`);
  writeJson(path.join(folder, "manifest.json"), entries);
  for (const name of fs.readdirSync(folder)) {
    const isStale = /\.txt$/.test(name) ? !files.has(name) : /\.tmp$/.test(name);
    if (isStale) fs.rmSync(path.join(folder, name));
  }
  return entries;
}

function writePage(folder: string, { url, page, title, text }: NewPage): PageEntry {
  const entry = { url, page, file: pageFileName(page), title, sha256: sha256(text) };
  const file = path.join(folder, entry.file);
  const isSame = fs.existsSync(file) && fs.readFileSync(file, "utf8") === text;
  if (!isSame) writeFileAtomic(file, text);
  return entry;
}

/**
 * The pages of a crawl with their texts, by path.
 * @param folder what `crawlSite` wrote to
 * @throws InputError when the manifest or a text is missing, or a text is not the one that the manifest means
 */
export function readPages(folder: string): StoredPage[] {
  const entries = readJson<PageEntry[]>(path.join(folder, "manifest.json"), "notebook 01");
  return entries.map((entry) => {
    const file = path.join(folder, entry.file);
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    if (text === undefined || sha256(text) !== entry.sha256) {
      const state = text === undefined ? "is missing" : "is not the text that manifest.json means";
      throw new InputError(`${file} ${state}; run notebook 01 again`);
    }
    return { ...entry, text };
  });
}

/** The first folder of a page's path: its section. Pages at the top have none and share `(top)`. */
export function sectionOf(page: string): string {
  const slash = page.indexOf("/");
  return slash < 0 ? "(top)" : page.slice(0, slash);
}
