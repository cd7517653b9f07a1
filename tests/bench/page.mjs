// The table and the picture of the benchmark, from its results file.
import * as fs from "node:fs";
import * as path from "node:path";
import { writeSection, writeWhole } from "../../environment/run/readme.mjs";
import { works } from "./workload.mjs";

const colors = { ours: "#0072B2", peer: "#E69F00", grouped: "#999999" };
const titles = { train: "training step, 32 pairs", encode: "encoding chunks" };

/** Writes the picture and README.md's table. */
export function writeBenchPage(root) {
  const file = path.join(root, "tests", "bench", "results.json");
  const { works: measured = {}, scale } = JSON.parse(fs.readFileSync(file, "utf8"));
  const results = works.filter(({ id }) => measured[id]).map(({ id }) => measured[id]);
  const parts = scale ? [describeScale(scale)] : [];
  if (results.length > 0) {
    writeWhole(path.join(root, "tests", "bench", "results.svg"), drawTimes(results));
    parts.unshift(describe(results));
  }
  writeSection(path.join(root, "README.md"), "bench", parts.join("\n\n"));
  console.log("README.md and tests/bench/results.svg show the results.");
}

function describe(results) {
  const [{ machine, node, peer, date }] = results;
  const gigabytes = ({ peakBytes }) => (peakBytes / 1e9).toFixed(1);
  const rows = results.map(({ sides, timesFaster, shareOfLimit, ...work }) => {
    const { ours, peer, "peer, grouped by length": grouped } = sides;
    const padding = (side) => `${Math.round(100 * (side.paddedTokens / side.realTokens - 1))} %`;
    return [
      `${nameOf(work)}, ${work.precision}`,
      `**${timesFaster.toFixed(1)}x**`,
      `${ours.seconds.toFixed(2)} s`,
      `${peer.seconds.toFixed(2)} s`,
      grouped ? `${grouped.seconds.toFixed(2)} s` : "",
      `${gigabytes(ours)} GB`,
      `${gigabytes(peer)} GB`,
      padding(peer),
      `${Math.round(100 * shareOfLimit)} %`,
    ].join(" | ");
  });
  return [
    "![Seconds of mrl and sentence-transformers on the same work](tests/bench/results.svg)",
    "",
    `As \`npm run bench\` printed it on ${date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, Node ${node.slice(1)}, PyTorch ${peer.torch}. Medians of ${results[0].rounds} rounds by turns; *grouped*: the peer with batches of similar length; *padding*: the peer's padded tokens beyond the real ones, of which mrl has none; *limit*: share of the rate of a large matrix product of the same precision, counting real tokens and no recomputation.`,
    "",
    "| work | faster | mrl | peer | grouped | memory: mrl | peer | padding | limit |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

function describeScale({ rows, date }) {
  const line = ({ chunks, encodeSeconds, trainSeconds, peakBytes }) =>
    `| ${chunks} | ${encodeSeconds.toFixed(1)} s | ${trainSeconds.toFixed(1)} s | ${(peakBytes / 1e9).toFixed(2)} GB |`;
  return [
    `Time grows with the corpus, memory does not (MiniLM, f32, \`npm run bench -- --scale\`, ${date}):`,
    "",
    "| chunks | encoding | training, one epoch | memory at most |",
    "|---|---|---|---|",
    ...rows.map(line),
  ].join("\n");
}

function nameOf({ model, kind }) {
  return `${model.replace("all-", "").split("-")[0]} ${titles[kind]}`;
}

/** Horizontal bars, shorter is better; each work on a scale of its own. @returns {string} SVG */
function drawTimes(results) {
  const [left, width, row, top] = [250, 420, 22, 56];
  const heights = results.map(({ sides }) => Object.keys(sides).length * row + 20);
  const height = top + heights.reduce((sum, h) => sum + h, 0) + 10;
  let y = top;
  const body = results.flatMap(({ sides, ...work }, i) => {
    const longest = Math.max(...Object.values(sides).map(({ seconds }) => seconds));
    const bars = Object.entries(sides).map(([side, { seconds }], n) => {
      const color = colors[side] ?? colors.grouped;
      const at = y + n * row;
      const length = ((width * seconds) / longest).toFixed(1);
      const name = { ours: "mrl", peer: "sentence-transformers" }[side] ?? "grouped by length";
      return [
        `<rect x="${left}" y="${at}" width="${length}" height="${row - 5}" fill="${color}"/>`,
        text(left + Number(length) + 6, at + 13, `${seconds.toFixed(2)} s`),
        n === 0
          ? text(12, at + 13, `${nameOf(work)}, ${work.precision}`, 'font-weight="bold"')
          : "",
        n > 0 ? text(left - 8, at + 13, name, 'text-anchor="end" fill="#666"') : "",
      ].join("");
    });
    y += heights[i];
    return bars;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 80} ${height}" font-family="sans-serif" font-size="13" fill="#333">`,
    "<title>Seconds of mrl and sentence-transformers on the same work</title>",
    `<rect width="${left + width + 80}" height="${height}" fill="#fff"/>`,
    text(
      12,
      26,
      "Seconds for the same work, shorter is better: mrl (blue), sentence-transformers (orange)",
      'font-size="15"',
    ),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

function text(x, y, content, attributes = "") {
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${content}</text>`;
}
