import * as fs from "node:fs";
import * as path from "node:path";
import { Failure, runMain } from "../shared/failure.mjs";

const begin = "<!-- sites:begin -->";
const end = "<!-- sites:end -->";
const build = path.join("tests", ".build");

/** The command: lib/README.md gets what the last runs of the crawler's tests measured. */
export function main(root = path.join(import.meta.dirname, "..", "..")) {
  return runMain(() => {
    const read = (name, command) => {
      const file = path.join(root, build, name);
      if (!fs.existsSync(file)) throw new Failure(`${file} is missing: ${command} writes it.`);
      return JSON.parse(fs.readFileSync(file, "utf8"));
    };
    const sites = read("real-sites.json", "npm run test:full");
    const faultFiles = ["pages", "replies", "sitemaps", "walks"].map(
      (name) => `hostile/${name}.json`,
    );
    const faults = faultFiles.flatMap((name) => read(name, "npm test"));
    const file = path.join(root, "lib", "README.md");
    const text = fs.readFileSync(file, "utf8");
    const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
    if (start < 0 || stop < start)
      throw new Failure(`${file} lacks the lines ${begin} and ${end}: put them back.`);
    const content = `${describeSites(sites)}\n\n${describeFaults(faults)}`;
    const changed = `${text.slice(0, start + begin.length)}\n\n${content}\n\n${text.slice(stop)}`;
    fs.writeFileSync(`${file}.new`, changed);
    fs.renameSync(`${file}.new`, file);
    console.log(`${file} shows ${sites.length} sites and ${faults.length} faults.`);
  });
}

/** Every tree as a row; "lost" are pages that links lead to and the crawl neither kept nor named. */
export function describeSites(sites) {
  const head = [
    ["Debian package", "theme", "settings", "pages that links lead to", "kept", "lost"],
    ["skipped", "pages a minute", "peak memory", "second crawl"],
  ].flat();
  const rows = sites.map((one) => [
    one.site,
    one.theme,
    Object.entries(one.options)
      .map(([name, value]) => `\`${name}: ${value}\``)
      .join(", ") || "defaults",
    one.reachable,
    one.kept,
    one.lost,
    one.skipped,
    Math.round((60 * one.found) / one.seconds),
    `${Math.round(one.peakMb)} MB`,
    `${one.unchanged} of ${one.kept} not sent again`,
  ]);
  return toTable(head, rows);
}

/** Every fault as a row, with its line in the crawl's report. */
export function describeFaults(faults) {
  const rows = faults.map((one) => [
    one.fault,
    one.report,
    `${one.seconds.toFixed(1)} s`,
    `${Math.round(one.megabytes)} MB`,
  ]);
  return toTable(["fault", "the crawl's report", "time", "memory above the test's own"], rows);
}

function toTable(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
