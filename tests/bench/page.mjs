// The tables of the benchmark, from its results file.
import * as fs from "node:fs";
import * as path from "node:path";
import { writeSection, writeWhole } from "../../environment/run/readme.mjs";
import { drawScale, drawTimes, nameOf } from "./pictures.mjs";
import { works } from "./workload.mjs";

/** Writes the pictures and README.md's tables. */
export function writeBenchPage(root) {
  const file = path.join(root, "tests", "bench", "results.json");
  const { works: measured = {}, scale } = JSON.parse(fs.readFileSync(file, "utf8"));
  const results = works.filter(({ id }) => measured[id]).map(({ id }) => measured[id]);
  const write = (name, picture) => writeWhole(path.join(root, "tests", "bench", name), picture);
  const parts = [];
  if (results.length > 0) {
    write("results.svg", drawTimes(results));
    parts.push(describe(results));
  }
  if (scale) {
    write("scale.svg", drawScale(scale.rows));
    parts.push(describeScale(scale));
  }
  writeSection(path.join(root, "README.md"), "bench", parts.join("\n\n"));
  console.log("README.md and the pictures in tests/bench show the results.");
}

function describe(results) {
  const [{ machine, node, peer }] = results;
  const dates = [...new Set(results.map(({ date }) => date))].sort().join(" and ");
  const gigabytes = ({ peakBytes }) => (peakBytes / 1e9).toFixed(1);
  const rows = results.map(({ sides, timesFaster, shareOfLimit, ...work }) => {
    const { ours, peer, "peer, grouped by length": grouped } = sides;
    const padding = (side) => `${Math.round(100 * (side.paddedTokens / side.realTokens - 1))} %`;
    return [
      nameOf(work),
      `**${timesFaster.toFixed(1)}x**`,
      `${ours.seconds.toFixed(2)} s`,
      `${peer.seconds.toFixed(2)} s`,
      grouped ? `${grouped.seconds.toFixed(2)} s` : "",
      `${gigabytes(ours)} GB`,
      `${gigabytes(peer)} GB`,
      padding(peer),
      `${Math.round(100 * shareOfLimit)} %`,
      work.rounds,
    ].join(" | ");
  });
  return [
    "![Seconds of mrl and sentence-transformers on the same work](tests/bench/results.svg)",
    "",
    `As \`npm run bench\` printed it on ${dates}: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, Node ${node.slice(1)}, PyTorch ${peer.torch}. Medians; *rounds*: how often, by turns; *grouped*: the peer with batches of similar length; *padding*: the peer's padded tokens beyond the real ones, of which mrl has none; *limit*: share of the rate of a large matrix product of the same precision, counting real tokens and no recomputation.`,
    "",
    "| work | faster | mrl | peer | grouped | memory: mrl | peer | padding | limit | rounds |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

function describeScale({ rows, date }) {
  const line = ({ chunks, encodeSeconds, trainSeconds, peakBytes }) =>
    `| ${chunks} | ${encodeSeconds.toFixed(1)} s | ${trainSeconds.toFixed(1)} s | ${(peakBytes / 1e9).toFixed(2)} GB |`;
  return [
    `Time grows with the corpus, memory by little (MiniLM, f32, \`npm run bench -- --scale\`, ${date}):`,
    "",
    "![Seconds and gigabytes by the number of chunks](tests/bench/scale.svg)",
    "",
    "| chunks | encoding | training, one epoch | memory at most |",
    "|---|---|---|---|",
    ...rows.map(line),
  ].join("\n");
}
