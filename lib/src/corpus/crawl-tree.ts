import type { CorpusFigure } from "./figures";
import { type PageText, byPage, countWords } from "./split-chunks";

/** A folder or a page of the tree. */
interface Node {
  /** Path below the start page's folder; a folder's ends in a slash, the root's is empty. */
  path: string;
  depth: number;
  /** Row from the top; a folder stands in the middle of its pages. */
  row: number;
  parent?: Node;
  /** Of a page. */
  words?: number;
  /** Of a folder: the pages in it. */
  pages: number;
}

/**
 * The site as a tree of folders and pages, from the start page's folder on the left. Dots grow with a page's
 * words; hovering names the page.
 */
export function drawCrawlTree(pages: readonly PageText[]): CorpusFigure {
  const nodes = placeNodes([...pages].sort(byPage));
  const folders = nodes.filter(({ words }) => words === undefined);
  const leaves = nodes.filter(({ words }) => words !== undefined);
  const most = Math.max(1, ...leaves.map(({ words }) => words!));
  const data = [
    drawBranches(nodes),
    {
      ...drawDots("folders", folders),
      mode: "markers+text",
      text: folders.map(({ path, pages: count }) => `${path || "start"} (${count})`),
      textposition: "top left",
      cliponaxis: false,
      marker: { size: 9, symbol: "square" },
    },
    {
      ...drawDots("pages", leaves),
      mode: "markers",
      text: leaves.map(({ path, words }) => `${path}, ${words} words`),
      marker: { size: leaves.map(({ words }) => 3 + 5 * Math.sqrt(words! / most)), opacity: 0.7 },
    },
  ];
  const depth = Math.max(...nodes.map((node) => node.depth));
  const layout = {
    title: `${pages.length} pages as a tree`,
    height: Math.max(360, 120 + 6 * leaves.length),
    xaxis: {
      title: "folders below the start page",
      tickvals: Array.from({ length: depth + 1 }, (_, i) => i),
      range: [-0.15 * (depth + 1), depth + 0.3],
    },
    yaxis: {
      title: "pages, by path",
      showticklabels: false,
      ticks: "",
      showgrid: false,
      zeroline: false,
      autorange: "reversed",
    },
  };
  return { data, layout };
}

/** Folders are placed before what is in them; pages get the rows in their order. */
function placeNodes(pages: readonly PageText[]): Node[] {
  const nodes = new Map<string, Node>();
  const folderOf = (path: string): Node => {
    const known = nodes.get(path);
    if (known) return known;
    const parent = path === "" ? undefined : folderOf(parentOf(path));
    const node = { path, depth: parent ? parent.depth + 1 : 0, row: 0, parent, pages: 0 };
    nodes.set(path, node);
    return node;
  };
  pages.forEach(({ page, text }, row) => {
    const parent = folderOf(parentOf(page));
    nodes.set(page, {
      path: page,
      depth: parent.depth + 1,
      row,
      parent,
      words: countWords(text),
      pages: 1,
    });
    for (let folder: Node | undefined = parent; folder; folder = folder.parent) {
      folder.row += (row - folder.row) / ++folder.pages;
    }
  });
  return [...nodes.values()];
}

function parentOf(path: string): string {
  return path.slice(0, path.replace(/\/$/, "").lastIndexOf("/") + 1);
}

/** Down or up from a folder, then right: a folder's name to the left of it, above its branch, stays free. */
function drawBranches(nodes: readonly Node[]): object {
  const ends = nodes.flatMap((node) => (node.parent ? [node.parent, node, undefined] : []));
  return {
    type: "scatter",
    mode: "lines",
    x: ends.map((node) => node?.depth ?? null),
    y: ends.map((node) => node?.row ?? null),
    line: { width: 1, shape: "vh" },
    opacity: 0.4,
    hoverinfo: "skip",
    showlegend: false,
  };
}

function drawDots(name: string, nodes: readonly Node[]): object {
  const [x, y] = [nodes.map(({ depth }) => depth), nodes.map(({ row }) => row)];
  return { type: "scatter", name, x, y, hovertemplate: "%{text}<extra></extra>" };
}
