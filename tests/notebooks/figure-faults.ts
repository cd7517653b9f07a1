import { palette } from "mrl/notebook";
import { join } from "./read-notebook";

export const plotlyType = "application/vnd.plotly.v1+json";

type Json = Record<string, unknown>;

/** Inks of text, lines and paper, which carry no meaning. */
const inks = ["#333333", "#dddddd", "#ffffff"];

/** What an axis can count or measure; a title without one of these says too little. */
const units =
  /\b(words|characters|tokens|chunks|passages|questions|pages|rows|bytes|updates|loss, sum over dims|numbers|steps|rank|cosine|share|section|folders|component|rate|first word|NDCG@10)\b|%/;

/** What a shown figure lacks, as sentences; nothing when all is well. */
export function findFaults(data: Json): string[] {
  const figure = data[plotlyType] as { data: Json[]; layout: Json } | undefined;
  if (!figure) return ["a picture without a figure for JupyterLab"];
  const title = titleOf(figure.layout);
  if (title === "") return ["a figure has no title"];
  return [
    ...(isPng(data["image/png"]) ? [] : ["has no PNG for GitHub"]),
    ...figure.data.flatMap((trace) => findAxisFaults(trace, figure.layout)),
    ...coloursIn(figure)
      .filter((colour) => !palette.includes(colour) && !inks.includes(colour))
      .map((colour) => `has the colour ${colour}, which is not in the palette`),
  ].map((fault) => `"${title}" ${fault}`);
}

function findAxisFaults(trace: Json, layout: Json): string[] {
  return (["x", "y"] as const).flatMap((letter) => {
    const axis = String(trace[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
    const title = titleOf((layout[axis] ?? {}) as Json);
    if (title === "") return [`has no name on ${axis}`];
    return units.test(title) ? [] : [`does not say what ${axis} counts: "${title}"`];
  });
}

function titleOf(part: Json): string {
  return ((part.title as { text?: string } | undefined)?.text ?? "").trim();
}

function isPng(value: unknown): boolean {
  const png = Buffer.from(join(value as string | string[] | undefined), "base64");
  return png.subarray(1, 4).toString("latin1") === "PNG";
}

/** Every colour that a figure names, in its traces and its layout. */
function coloursIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return /colou?r(way)?$/.test(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => coloursIn(one, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => coloursIn(one, name));
}
