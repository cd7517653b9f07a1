import type { PageText } from "./split-chunks";
import { countWords } from "./split-chunks";
import { sectionOf } from "./page-store";

/** A plotly figure, for `showPlot(figure.data, figure.layout)`. */
export interface CorpusFigure {
  data: object[];
  layout: object;
}

/**
 * Words of each page, a dot a page and a row a section, with a line at the fewest words of a chunk.
 * @param pages in the order in which sections shall stand, from the top
 */
export function drawPageLengths(pages: readonly PageText[], minWords: number): CorpusFigure {
  const dots = {
    type: "scatter",
    mode: "markers",
    x: pages.map(({ text }) => countWords(text)),
    y: pages.map(({ page }) => sectionOf(page)),
    text: pages.map(({ page }) => page),
    marker: { size: 11, opacity: 0.5 },
  };
  const layout = {
    title: `Words on each of ${pages.length} pages, by section`,
    xaxis: { title: "words on a page", rangemode: "tozero" },
    yaxis: { title: "section of the site", autorange: "reversed" },
    shapes: [lineAt(minWords)],
  };
  return { data: [dots], layout };
}

/** How many characters the chunks have, up to the splitter's limit. */
export function drawChunkLengths(
  chunks: readonly { text: string }[],
  chunkChars: number,
): CorpusFigure {
  const bars = {
    type: "histogram",
    x: chunks.map(({ text }) => text.length),
    xbins: { start: 0, end: chunkChars, size: chunkChars / 40 },
  };
  const layout = {
    title: `Characters of ${chunks.length} chunks`,
    xaxis: { title: "characters of a chunk", range: [0, chunkChars * 1.02] },
    yaxis: { title: "chunks" },
    bargap: 0.05,
  };
  return { data: [bars], layout };
}

/** How many tokens the chunks have; those past the model's limit have a colour of their own. */
export function drawTokenCounts(tokens: readonly number[], maxTokens: number): CorpusFigure {
  const width = 8;
  const limit = maxTokens + 0.5; // an edge between two bars
  const end = limit + width * Math.ceil(Math.max(width, ...tokens.map((n) => n - limit)) / width);
  const bars = (name: string, x: number[]): object => {
    return { type: "histogram", name, x, xbins: { start: limit % width, end, size: width } };
  };
  const data = [
    bars(
      "read whole",
      tokens.filter((n) => n < limit),
    ),
    bars(
      "cut off",
      tokens.filter((n) => n > limit),
    ),
  ];
  const layout = {
    title: `Tokens of ${tokens.length} chunks`,
    barmode: "stack",
    xaxis: { title: `tokens of a chunk (the model reads ${maxTokens})` },
    yaxis: { title: "chunks" },
    shapes: [lineAt(limit)],
  };
  return { data, layout };
}

function lineAt(x: number): object {
  return { type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { dash: "dot" } };
}
