import * as fs from "node:fs";
import * as path from "node:path";
import { startSide } from "./child.mjs";
import { createWorkload, groupByLength } from "./workload.mjs";

/**
 * Runs one work on both sides by turns, and on the peer also with batches grouped by length.
 * @param rounds measured rounds; one more comes before, for warming up
 * @returns medians, ratios, tokens, memory, and the share of the machine's limit
 */
export async function compare(run, work, rounds, report) {
  const workload = { ...createWorkload(run.root, work, rounds + 1), threads: run.threads };
  const start = (name, part = workload) => startOn(run, name, part, `${work.id}-${name}`);
  const say = (name, round) => report(`${name}, round ${round} of ${rounds}`);
  const turns = work.apart ? takeTurnsApart : takeTurns;
  const found = await turns(start, workload, rounds, say);
  if (work.kind === "train") {
    const name = "peer, grouped by length";
    const side = await start(name, groupByLength(workload));
    found.results[name] = await askAll(side, rounds, (round) => say(name, round));
    await side.close();
  }
  return summarise(work, found);
}

/** A side's process: `ours`, else the peer. */
function startOn({ python, temporary }, name, workload, title) {
  const file = path.join(temporary, `${title}.json`);
  fs.writeFileSync(file, JSON.stringify(workload));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TOKENIZERS_PARALLELISM: "false" };
  const here = import.meta.dirname;
  return name === "ours"
    ? startSide(process.execPath, [path.join(here, "ours.mjs"), file], env)
    : startSide(python, [path.join(here, "peer.py"), file], env);
}

const names = ["ours", "peer"];

/** Both processes live, and take turns round after round. */
async function takeTurns(start, workload, rounds, say) {
  const results = { ours: [], peer: [] };
  const running = {};
  const limits = [];
  try {
    for (const name of names) running[name] = await start(name);
    for (let round = 0; round <= rounds; round++) {
      limits.push((await running.ours.ask("limit")).gigaflops);
      for (const name of names) {
        say(name, round);
        results[name].push(await askOnce(running[name]));
      }
    }
  } finally {
    for (const side of Object.values(running)) await side.close();
  }
  return { results, limits, ready: readyOf(running) };
}

/** The same where memory does not hold both: each side warms up and does one round, and ends before the other starts. */
async function takeTurnsApart(start, workload, rounds, say) {
  const results = { ours: [], peer: [] };
  const running = {};
  const limits = [];
  for (let round = 1; round <= rounds; round++)
    for (const name of names) {
      const side = await start(name, { ...workload, batches: workload.batches.slice(round - 1) });
      running[name] = side;
      try {
        if (name === "ours") limits.push((await side.ask("limit")).gigaflops);
        const [warm, measured] = await askAll(side, 1, () => say(name, round));
        if (round === 1) results[name].push(warm);
        results[name].push(measured);
      } finally {
        await side.close();
      }
    }
  return { results, limits, ready: readyOf(running) };
}

function readyOf(running) {
  return Object.fromEntries(names.map((name) => [name, running[name].ready]));
}

async function askAll(side, rounds, say) {
  const answers = [];
  for (let round = 0; round <= rounds; round++) {
    say(round);
    answers.push(await askOnce(side));
  }
  return answers;
}

async function askOnce(side) {
  const answer = await side.ask("go");
  if (!answer) throw new Error(`A side ended without an answer: ${side.errors().slice(-600)}`);
  return answer;
}

function summarise(work, { results, limits, ready }) {
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
    ...ready,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
