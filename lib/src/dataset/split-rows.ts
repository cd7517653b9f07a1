import { InputError, type QuestionRow, type Random, createRandom } from "../common/index";
import type { DatasetSplit } from "./types";

/** Shares of the pages, share of the remaining rows, and the seed. */
export interface SplitSettings {
  /** Share of the pages that become the test set `unseen`. */
  unseenPages: number;
  /** Share of the pages that become `validation`. */
  validationPages: number;
  /** Share of the rows on all other pages that become the test set `seen`. */
  seenRows: number;
  seed: number;
}

/** A split, with what had to stay out of it. */
export interface SplitResult extends DatasetSplit {
  /** Rows whose text also stands on a page that is held out more strictly: used nowhere. */
  leftOut: QuestionRow[];
}

/**
 * Splits rows by page, then by row, the same way for the same seed whatever the order of the rows.
 *
 * Shares of pages are rounded to the nearest whole page, at least one each. Pages of `unseen` and
 * `validation` are held out whole. Of the rows on other pages `seen` takes its share, rounded, and only rows
 * that leave another row of the same text in training; the rest train.
 *
 * A text may stand on several pages. It belongs to the most strictly held-out of them (unseen, then
 * validation, then the rest); its rows on other pages are left out, for in training they would show a
 * held-out text, and beside the held-out rows they would put a page on both sides.
 * @throws InputError when there are too few pages or rows
 */
export function splitRows(rows: readonly QuestionRow[], settings: SplitSettings): SplitResult {
  const sideOfPage = drawPages(rows, settings);
  const sideOfText = new Map<string, Side>();
  for (const { text, page } of rows) {
    const side = stricter(sideOfPage.get(page)!, sideOfText.get(text));
    sideOfText.set(text, side);
  }
  const split: SplitResult = { train: [], validation: [], seen: [], unseen: [], leftOut: [] };
  const others: QuestionRow[] = [];
  for (const row of rows) {
    const side = sideOfPage.get(row.page)!;
    if (side !== sideOfText.get(row.text)) split.leftOut.push(row);
    else if (side === "other") others.push(row);
    else split[side].push(row);
  }
  const seen = drawSeen(others, settings);
  for (const row of others) (seen.has(row) ? split.seen : split.train).push(row);
  if (split.train.length === 0)
    throw new InputError(`none of ${rows.length} rows is left to train on; give more pages`);
  return split;
}

type Side = "unseen" | "validation" | "other";

const strictness: Record<Side, number> = { other: 0, validation: 1, unseen: 2 };

function stricter(a: Side, b: Side = "other"): Side {
  return strictness[a] >= strictness[b] ? a : b;
}

function drawPages(
  rows: readonly QuestionRow[],
  { unseenPages, validationPages, seed }: SplitSettings,
): Map<string, Side> {
  const pages = [...new Set(rows.map((row) => row.page))].sort();
  const unseen = countOf(unseenPages, pages.length);
  const validation = countOf(validationPages, pages.length);
  if (unseen + validation >= pages.length)
    throw new InputError(
      `${pages.length} pages with questions cannot give ${unseen} unseen, ${validation} validation and some ` +
        "to train on; crawl more pages, or lower splitRows.unseenPages and splitRows.validationPages",
    );
  const drawn = pageStream(seed).shuffle(pages);
  return new Map(
    drawn.map((page, index) => [
      page,
      index < unseen ? "unseen" : index < unseen + validation ? "validation" : "other",
    ]),
  );
}

function countOf(share: number, total: number): number {
  return Math.max(1, Math.round(share * total));
}

/** Rows in random order, each taken while another row of its text stays behind. */
function drawSeen(
  rows: readonly QuestionRow[],
  { seenRows, seed }: SplitSettings,
): Set<QuestionRow> {
  const left = new Map<string, number>();
  for (const { text } of rows) left.set(text, (left.get(text) ?? 0) + 1);
  const target = countOf(seenRows, rows.length);
  const seen = new Set<QuestionRow>();
  for (const row of rowStream(seed).shuffle([...rows].sort(byNumber))) {
    if (seen.size === target) break;
    const siblings = left.get(row.text)! - 1;
    if (siblings === 0) continue;
    left.set(row.text, siblings);
    seen.add(row);
  }
  if (seen.size === 0)
    throw new InputError(
      "no passage has two questions, so none can be tested as seen; filter less",
    );
  return seen;
}

const pageStream = (seed: number): Random => createRandom(seed, 0);
const rowStream = (seed: number): Random => createRandom(seed, 1);

function byNumber(a: QuestionRow, b: QuestionRow): number {
  return a.global_chunk_id - b.global_chunk_id || a.question_id - b.question_id;
}
