import * as fs from "node:fs";
import * as path from "node:path";
import { startSide } from "./child.mjs";
import { createWorkload, groupByLength } from "./workload.mjs";

/**
 * Runs one work on both sides by turns, and on the peer also with batches grouped by length.
 * @param rounds measured rounds; one more comes before, for warming up
 * @returns medians, ratios, tokens, memory, and the share of the machine's limit
 */
export async function compare({ root, python, temporary, threads }, work, rounds, report) {
  const workload = { ...createWorkload(root, work, rounds + 1), threads };
  const write = (name, content) => {
    const file = path.join(temporary, `${work.id}-${name}.json`);
    fs.writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const here = import.meta.dirname;
  const quiet = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TOKENIZERS_PARALLELISM: "false" };
  const sides = {
    ours: [process.execPath, [path.join(here, "ours.mjs"), write("plain", workload)]],
    peer: [python, [path.join(here, "peer.py"), write("plain", workload)]],
  };
  if (work.kind === "train")
    sides["peer, grouped by length"] = [
      python,
      [path.join(here, "peer.py"), write("grouped", groupByLength(workload))],
    ];
  const results = { ours: [], peer: [] };
  const running = {};
  const limits = [];
  try {
    for (const name of ["ours", "peer"]) running[name] = await startSide(...sides[name], quiet);
    for (let round = 0; round <= rounds; round++) {
      limits.push((await running.ours.ask("limit")).gigaflops);
      for (const name of ["ours", "peer"])
        results[name].push(await askOnce(running[name], name, report, `${round} of ${rounds}`));
    }
  } finally {
    for (const side of Object.values(running)) await side.close();
  }
  if (sides["peer, grouped by length"]) {
    const side = await startSide(...sides["peer, grouped by length"], quiet);
    const grouped = (results["peer, grouped by length"] = []);
    for (let round = 0; round <= rounds; round++)
      grouped.push(await askOnce(side, "peer, grouped by length", report, `${round} of ${rounds}`));
    await side.close();
  }
  return summarise(work, results, limits, running);
}

async function askOnce(side, name, report, progress) {
  report(`${name}, round ${progress}`);
  const answer = await side.ask("go");
  if (!answer) throw new Error(`${name} ended without an answer: ${side.errors().slice(-600)}`);
  return answer;
}

function summarise(work, results, limits, running) {
  const limit = Math.max(...limits);
  const sides = Object.fromEntries(
    Object.entries(results).map(([name, rounds]) => {
      const measured = rounds.slice(1);
      const sum = (key) => measured.reduce((total, round) => total + round[key], 0);
      return [
        name,
        {
          seconds: median(measured.map((round) => round.seconds)),
          realTokens: Math.round(sum("realTokens") / measured.length),
          paddedTokens: Math.round(sum("paddedTokens") / measured.length),
          peakBytes: Math.max(...rounds.map((round) => round.peakBytes)),
        },
      ];
    }),
  );
  const shares = results.ours.slice(1).map(({ gigaflop, seconds }) => gigaflop / seconds / limit);
  const pairs = results.ours
    .slice(1)
    .map((round, i) => results.peer[i + 1].seconds / round.seconds);
  return {
    ...work,
    rounds: results.ours.length - 1,
    sides,
    /** Of the rounds side by side. */
    timesFaster: median(pairs),
    limitGigaflops: limit,
    shareOfLimit: median(shares),
    ours: running.ours.ready,
    peer: running.peer.ready,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
