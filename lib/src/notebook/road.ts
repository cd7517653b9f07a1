import { InputError, sha256 } from "../common/index";
import { escapeHtml } from "./display";
import { drawWithKaleido } from "./kaleido";
import { addNote, shrinkPng } from "./shrink-png";

/** A notebook on the road. */
export interface RoadStop {
  /** Its number, such as `06`. */
  id: string;
  title: string;
  /** What it hands on, such as `model/`. */
  writes?: string;
}

const [width, height, lineY] = [960, 150, 62];
/** Of the palette: behind the reader, and where the reader is. */
const [passed, present, ahead, ink] = ["#0072B2", "#D55E00", "#999999", "#333333"];
const lineChars = 12;

/**
 * The road through the notebooks as an SVG: a stop a notebook, its title below, what it hands on above the way
 * to the next.
 * @param here the stop the reader is at, marked; without it no stop is
 * @throws InputError when `here` is no stop
 */
export function drawRoad(stops: readonly RoadStop[], here?: string): string {
  const at = stops.findIndex(({ id }) => id === here);
  if (here !== undefined && at < 0) {
    const known = stops.map(({ id }) => id).join(", ");
    throw new InputError(`there is no stop "${here}" on the road; there are ${known}`);
  }
  const step = width / stops.length;
  const xOf = (i: number): number => Math.round((i + 0.5) * step);
  const parts = stops.flatMap((stop, i) => [
    i + 1 < stops.length ? drawWay(xOf(i), xOf(i + 1), i < at, stop.writes) : "",
    drawStop(stop, xOf(i), i - at, at >= 0),
  ]);
  const label = here === undefined ? "The road" : `The road; here: ${here} ${stops[at].title}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="Open Sans, Verdana, sans-serif" text-anchor="middle">`,
    `<title>${escapeHtml(label)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts.filter(Boolean),
    "</svg>\n",
  ].join("\n");
}

/**
 * {@link drawRoad} as a PNG at twice the pixels: GitHub shows no SVG file in a notebook. Its note `Source` is the
 * SHA-256 of the SVG, which tells whether a stored picture is up to date.
 */
export async function renderRoad(stops: readonly RoadStop[], here?: string): Promise<Buffer> {
  const svg = drawRoad(stops, here);
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  const whole = { xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1 };
  const [none, margin] = [{ visible: false }, { l: 0, r: 0, t: 0, b: 0 }];
  const images = [{ source, ...whole, sizing: "stretch" }];
  const layout = { width, height, margin, images, xaxis: none, yaxis: none };
  const png = shrinkPng(await drawWithKaleido({ data: [], layout }, 2));
  return addNote(png, "Source", sha256(svg));
}

function drawWay(from: number, to: number, isPassed: boolean, writes?: string): string {
  const colour = isPassed ? passed : ahead;
  const way = `<line x1="${from}" y1="${lineY}" x2="${to}" y2="${lineY}" stroke="${colour}" stroke-width="4"/>`;
  if (!writes) return way;
  const middle = (from + to) / 2;
  return `${way}\n<text x="${middle}" y="${lineY - 28}" font-size="11" fill="#666666">${escapeHtml(writes)}</text>`;
}

/** @param offset 0 for the marked stop, negative before it, positive after it */
function drawStop({ id, title }: RoadStop, x: number, offset: number, isMarked: boolean): string {
  const isHere = isMarked && offset === 0;
  const colour = isHere ? present : isMarked && offset > 0 ? ahead : passed;
  const isFilled = isHere || !isMarked || offset < 0;
  const radius = isHere ? 20 : 15;
  const [fill, number] = isFilled ? [colour, "#ffffff"] : ["#ffffff", ink];
  const weight = isHere ? "bold" : "normal";
  const lines = wrap(title).map(
    (line, i) =>
      `<text x="${x}" y="${lineY + 40 + 16 * i}" font-size="13" font-weight="${weight}" fill="${ink}">${escapeHtml(line)}</text>`,
  );
  return [
    `<circle cx="${x}" cy="${lineY}" r="${radius}" fill="${fill}" stroke="${colour}" stroke-width="3"/>`,
    `<text x="${x}" y="${lineY + 5}" font-size="14" font-weight="bold" fill="${number}">${escapeHtml(id)}</text>`,
    ...lines,
  ].join("\n");
}

/** Words collected into lines that fit between two stops. */
function wrap(title: string): string[] {
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= lineChars)
      lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
