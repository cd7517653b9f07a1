/** `npm run bench`: mrl and Python's sentence-transformers side by side; see `--help`. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Failure, runMain } from "../../environment/shared/failure.mjs";
import { writeWhole } from "../../environment/run/readme.mjs";
import { readOptions } from "../../environment/shared/options.mjs";
import { createStatusLine } from "../../environment/shared/status-line.mjs";
import { createContext } from "../../environment/setup/context.mjs";
import { setUp } from "../../environment/setup/main.mjs";
import { preparePeer } from "../../environment/setup/peer.mjs";
import { runCommand } from "../../environment/shared/run-command.mjs";
import { writeBenchPage } from "./page.mjs";
import { printProfile } from "./profile.mjs";
import { compare } from "./compare.mjs";
import { works } from "./workload.mjs";

const help = `npm run bench -- [options]
  --only minilm        works whose name begins so: ${works.map(({ id }) => id).join(", ")}
  --rounds 5           measured rounds a side
  --scale              instead: time and memory at 250 to 2,000 chunks
  --profile            instead: where the time of one training step goes, by operation
Writes tests/bench/results.json and tests/bench/results.svg, and the table in README.md.`;

runMain(async () => {
  const known = { help: true, only: "value", rounds: "value", scale: true, profile: true };
  const options = readOptions(process.argv.slice(2), known);
  if (options.help) return void console.log(help);
  const root = path.join(import.meta.dirname, "..", "..");
  const chosen = works.filter(({ id }) => id.startsWith(options.only ?? ""));
  if (chosen.length === 0)
    throw new Failure(`--only is "${options.only}"; there are ${works.map(({ id }) => id)}.`);
  const rounds = Number(options.rounds ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Failure(`--rounds is "${options.rounds}"; allowed is a whole number from 1.`);
  for (const profile of profilesOf(chosen)) await setUp({ root, profile });
  if (options.profile) return printProfile(root);
  if (options.scale) return measureScale(root);
  const context = createContext(root, "sample");
  const python = await preparePeer(context);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-bench-"));
  const run = { root, python, temporary, threads: os.cpus().length };
  const status = createStatusLine();
  try {
    for (const work of chosen) {
      const result = await compare(run, work, rounds, (text) =>
        status.show(`${work.id} · ${text}`),
      );
      status.print(describe(result));
      save(root, result);
    }
  } finally {
    status.clear();
    fs.rmSync(temporary, { recursive: true });
  }
  writeBenchPage(root);
});

/** Encodes and trains one epoch at each size, a process each, and adds the figures to the results file. */
async function measureScale(root) {
  const script = path.join(import.meta.dirname, "scale.mjs");
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const rows = [];
  for (const count of [250, 500, 1000, 2000]) {
    const result = await runCommand(process.execPath, [script, root, String(count)], { env });
    const line = result.output.findLast((one) => one.startsWith("{"));
    if (!line) throw new Failure(`At ${count} chunks: ${result.output.slice(-3).join(" ")}`);
    rows.push(JSON.parse(line));
    const { encodeSeconds, trainSeconds, peakBytes } = rows.at(-1);
    const gigabytes = (peakBytes / 1e9).toFixed(2);
    console.log(
      `${count} chunks: encoded in ${encodeSeconds.toFixed(1)} s, an epoch in ${trainSeconds.toFixed(1)} s, ${gigabytes} GB at most`,
    );
  }
  saveResults(root, (old) => ({ ...old, scale: { rows, ...describeMachine() } }));
  writeBenchPage(root);
}

function profilesOf(chosen) {
  return [...new Set(chosen.map(({ model }) => (model.includes("mpnet") ? "seed" : "sample")))];
}

function describe({ id, timesFaster, sides, reach, aim }) {
  const { ours, peer } = sides;
  const memory = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
  const seconds = `${ours.seconds.toFixed(2)} s against ${peer.seconds.toFixed(2)} s`;
  const bytes = `${memory(ours.peakBytes)} against ${memory(peer.peakBytes)}`;
  return `${id}: ${timesFaster.toFixed(2)} times as fast (${seconds}; reach ${reach}, aim ${aim}), ${bytes} at most`;
}

/** Each work's newest figures stand in the file, with the machine that gave them. */
function save(root, result) {
  const entry = { ...result, ...describeMachine() };
  saveResults(root, (old) => ({ ...old, works: { ...old.works, [result.id]: entry } }));
}

function saveResults(root, change) {
  const file = path.join(root, "tests", "bench", "results.json");
  const old = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
  writeWhole(file, JSON.stringify(change(old), null, 1) + "\n");
}

function describeMachine() {
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const machine = { processor: os.cpus()[0].model, cores: os.cpus().length, memory };
  return { machine, node: process.version, date: new Date().toISOString().slice(0, 10) };
}
