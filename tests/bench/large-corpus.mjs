/**
 * `npm run bench:corpus`: what evaluation and search cost as the corpus grows to 100,000 passages. Evaluation runs in
 * a process of its own, so that its peak memory is its own; search in two steps is set against one step.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

const root = path.join(import.meta.dirname, "..", "..");
const full = path.join(root, "tests", ".build", "full");
const typescript = path.join(root, "node_modules", "typescript", "bin", "tsc");
run([typescript, "--build", path.join(root, "lib")]);
run([typescript, "-p", path.join(root, "tests")]);
const require = createRequire(import.meta.url);
const { rankInTwoSteps, rankPassages } = require("mrl/evaluation");
const { drawQueries, drawVectors } = require(path.join(full, "hundred-thousand.js"));

console.log(`${os.cpus()[0].model}, ${os.cpus().length} cores; 32 questions, 384 numbers a vector`);
console.table([25_000, 50_000, 100_000].map((passages) => ({ passages, ...evaluate(passages) })));
console.table(search(100_000));

/** Evaluation at 384 and 64 numbers. */
function evaluate(passages) {
  const { seconds, peakGb } = JSON.parse(
    run([path.join(full, "evaluate-many.js"), String(passages)]),
  );
  return { "s to evaluate at 2 dims": round(seconds), "peak GB": round(peakGb) };
}

/** One step and two in memory; the best of three rounds, since other work disturbs. */
function search(count) {
  const passages = drawVectors(count, 1);
  const queries = drawQueries(passages, 32);
  const ids = passages.map((_, i) => String(i));
  const ways = {
    "384 numbers": () => rankPassages(queries, passages, { ids }),
    "64 numbers": () => rankPassages(queries, passages, { ids, dim: 64 }),
    "64, then 384 of 100": () => rankInTwoSteps(queries, passages, { ids, firstDim: 64 }),
  };
  const exact = ways["384 numbers"]().map((row) => new Set(row.map(({ id }) => id)));
  return Object.entries(ways).map(([way, rank]) => {
    const rounds = Array.from({ length: 3 }, () => time(rank));
    const found = rank().flatMap((row, q) => row.filter(({ id }) => exact[q].has(id)));
    return { way, "recall@10": round(found.length / 320), seconds: round(Math.min(...rounds)) };
  });
}

function time(work) {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout;
}
