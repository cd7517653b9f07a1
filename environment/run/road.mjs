import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";
import { runMain } from "../shared/failure.mjs";
import { readOptions } from "../shared/options.mjs";
import { setUp } from "../setup/main.mjs";
import { listNotebooks } from "./notebooks.mjs";

/** The command: a PNG a notebook, and an SVG with no stop marked for Markdown files, where GitHub shows SVG. */
export function main(args) {
  return runMain(async () => {
    readOptions(args, {});
    await setUp({ profile: "smoke" });
    const root = path.join(import.meta.dirname, "..", "..");
    const { drawRoad, renderRoad } = createRequire(import.meta.url)("mrl/notebook");
    const stops = listStops(root);
    const folder = path.join(root, "notebooks", "images");
    fs.mkdirSync(folder, { recursive: true });
    for (const { id } of stops)
      writeWhole(path.join(folder, `road-${id}.png`), await renderRoad(stops, id));
    writeWhole(path.join(folder, "road.svg"), drawRoad(stops));
    console.log(`${folder} shows the road through ${stops.length} notebooks.`);
  });
}

/** The numbered notebooks as stops: number, title, and the first thing that each writes. */
export function listStops(root) {
  return listNotebooks(root).map(({ id, title, writes }) => {
    const [first = ""] = writes.map((entry) => entry.split("/")[0]);
    const isFolder = first !== "" && !first.includes(".");
    return { id, title: title.replace(/^\d+ /, ""), writes: isFolder ? `${first}/` : first };
  });
}

function writeWhole(file, content) {
  fs.writeFileSync(`${file}.new`, content);
  fs.renameSync(`${file}.new`, file);
}
