import { canDisplay, displayBundle } from "./display";
import { drawWithKaleido } from "./kaleido";
import { applyTemplate } from "./plot-template";
import { shrinkPng } from "./shrink-png";

/** A figure as plotly takes it. */
export interface Plot {
  /** The traces: `{x, y, type: "scatter", name}` and so on; typed arrays may stand for arrays. */
  data: object[];
  layout: Record<string, unknown>;
}

/** Pixels a point: sharp enough on fine screens, and half the bytes of 2. */
const scale = 1.5;

/**
 * Shows a plotly figure: interactive in JupyterLab, as a PNG everywhere else. Does nothing outside a kernel.
 * @param data plotly's traces
 * @param layout plotly's layout, over the common look; give `title` and each axis a `title` with its unit,
 *   as strings or `{text}`
 * @throws Error saying what to do when the PNG cannot be drawn
 */
export async function showPlot(data: object[], layout: object): Promise<void> {
  if (!canDisplay()) return;
  const plot = preparePlot(data, layout);
  const png = await drawPlot(plot);
  const title = titleOf(plot);
  displayBundle(
    {
      "application/vnd.plotly.v1+json": { ...plot, config: { displaylogo: false } },
      "image/png": png.toString("base64"),
      "text/plain": `Figure: ${title}`,
    },
    { "image/png": { alt: title, width: plot.layout.width } },
  );
}

/** The PNG that {@link showPlot} shows, 720 x 420 points at 1.5 pixels each unless the layout says otherwise. */
export async function renderPng(data: object[], layout: object): Promise<Buffer> {
  return drawPlot(preparePlot(data, layout));
}

async function drawPlot(plot: Plot): Promise<Buffer> {
  return shrinkPng(await drawWithKaleido(plot, scale));
}

/** A longer list of numbers is stored as bytes: a notebook stores a list with a line and its indent a number. */
const longestList = 64;

/** A figure of plain JSON, with the common look; six digits of a number are more than any screen shows. */
export function preparePlot(data: object[], layout: object): Plot {
  return JSON.parse(
    JSON.stringify({ data, layout: applyTemplate(layout) }, (key, value: unknown) => {
      if (typeof value === "number") return shorten(value);
      const isView = ArrayBuffer.isView(value);
      if (!isView && !Array.isArray(value)) return value;
      const list = isView ? Array.from(value as unknown as ArrayLike<number>) : value;
      return /^[xy]$/.test(key) && list.length > longestList ? packNumbers(list) : list;
    }),
  ) as Plot;
}

/** Plotly's form of a typed array, float32 in base64; a list with anything but numbers stays as it is. */
function packNumbers(list: readonly unknown[]): object {
  if (!list.every((value) => typeof value === "number" && Number.isFinite(value))) return list;
  const bytes = Buffer.from(Float32Array.from(list as number[]).buffer);
  return { dtype: "f4", bdata: bytes.toString("base64") };
}

function shorten(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

function titleOf(plot: Plot): string {
  const title = plot.layout.title as { text?: string } | undefined;
  return (title?.text ?? "without a title").replace(/<[^>]*>/g, " ");
}
