import * as fs from "node:fs";
import * as path from "node:path";
import { confirm } from "../shared/confirm.mjs";
import { Failure, runMain } from "../shared/failure.mjs";
import { takeLock } from "../shared/lock.mjs";
import { chooseProfile, readOptions } from "../shared/options.mjs";
import { findByVariable, killAll } from "../shared/processes.mjs";
import { createStatusLine, formatSeconds } from "../shared/status-line.mjs";
import { setUp } from "../setup/main.mjs";
import { executeNotebook } from "./execute.mjs";
import { createFingerprints } from "./fingerprints.mjs";
import { agreeOnCost } from "./money.mjs";
import { chooseNotebooks, listExtras, listNotebooks, outputFolder } from "./notebooks.mjs";
import { describeNotebook, describePlaces, describeResults } from "./summary.mjs";

const help = `Runs the notebooks into data/work/<profile>/notebooks; what is up to date is left alone.
  --profile smoke|sample|seed   the settings (default: MRL_PROFILE, else sample)
  --only 06,07                  these notebooks, whether they are up to date or not
  --only extra/small-vectors    a notebook of notebooks/extra; --only extra: all of them
  --fresh                       all anew: what the notebooks wrote is removed first
  --in-place                    also stores the outputs in notebooks/
  --yes                         yes to every question: to spend money, to remove paid answers`;
// `--root` is for tests: it runs the notebooks of another folder with what is set up in this one.
const known = {
  help: true,
  root: "value",
  profile: "value",
  only: "value",
  fresh: true,
  "in-place": true,
  yes: true,
};

/** The command behind `npm start`. */
export function main(args) {
  return runMain(async () => {
    const options = readOptions(args, known);
    if (options.help) return void console.log(help);
    const profile = chooseProfile(options.profile);
    await setUp({ profile });
    const root = path.resolve(options.root ?? path.join(import.meta.dirname, "..", ".."));
    const workDir = path.join(root, "data", "work", profile);
    const lock = takeLock(path.join(workDir, ".lock"));
    if (!lock.release)
      throw new Failure(
        `Process ${lock.heldBy} is writing to ${workDir} already; wait for it, or end it.`,
      );
    try {
      // What a killed run left behind still computes, and writes to the same files.
      killAll(findByVariable("MRL_RUN_FOLDER", workDir));
      return await runAll({ root, workDir, profile, env: process.env }, options);
    } finally {
      lock.release();
    }
  });
}

async function runAll(run, options) {
  const notebooks = listNotebooks(run.root);
  const chosen = chooseNotebooks(notebooks, listExtras(run.root), options.only);
  const fingerprints = createFingerprints({ ...run, notebooks });
  if (options.fresh) await removeOutputs(run, chosen, fingerprints, options.yes);
  const status = createStatusLine();
  const started = Date.now();
  const stopper = createStopper();
  let agreedEnv;
  try {
    status.print(`Running the notebooks in the profile ${run.profile}`);
    for (const notebook of chosen) {
      const forced = options.only !== undefined;
      if (!forced && isFinished(run, notebook) && fingerprints.isFresh(notebook))
        status.print(`  ${notebook.title.padEnd(32)} unchanged`);
      else {
        if (notebook.spends) agreedEnv ??= await agreeOnCost(run, options.yes, status.print);
        const withLimit = { ...run, env: agreedEnv ?? run.env };
        await runOne(notebook, withLimit, fingerprints, status, stopper.signal);
      }
      if (options["in-place"]) storeOutputs(run, notebook);
    }
  } catch (error) {
    status.clear();
    if (!stopper.signal.aborted) throw error;
    status.print("Stopped. The same command goes on where it stopped.");
    return 130;
  } finally {
    stopper.release();
  }
  const summary = [
    ...describeResults(path.join(run.workDir, "results.json")),
    "",
    ...describePlaces(run.root, run.workDir),
    `Finished in ${formatSeconds((Date.now() - started) / 1000)}`,
  ];
  summary.forEach((line) => status.print(line));
}

async function runOne(notebook, run, fingerprints, status, signal) {
  const started = Date.now();
  fingerprints.forget(notebook);
  const inputs = fingerprints.inputsOf(notebook);
  const show = ({ progress } = {}) => {
    const elapsed = formatSeconds((Date.now() - started) / 1000);
    const parts = [`  ${notebook.title}`, elapsed, ...describeProgress(progress)];
    status.show(parts.join(" · "));
  };
  show();
  const result = await executeNotebook(notebook, run, show, signal);
  fingerprints.remember(notebook, inputs);
  status.print(describeNotebook(notebook, result));
}

function describeProgress(progress) {
  if (!progress) return [];
  const { title, done, total, unit, note, secondsLeft, finished } = progress;
  const count = total ? `${done} of ${total}` : done ? `${done}` : "";
  const left = finished || !secondsLeft ? "" : `${formatSeconds(secondsLeft)} left`;
  return [[title, count, count && unit].filter(Boolean).join(" "), left, note].filter(Boolean);
}

function isFinished({ workDir }, notebook) {
  const file = path.join(outputFolder(workDir, notebook), notebook.name);
  return [".ipynb", ".html"].every((suffix) => fs.existsSync(file + suffix));
}

function storeOutputs({ workDir }, notebook) {
  const { name, file } = notebook;
  fs.copyFileSync(path.join(outputFolder(workDir, notebook), `${name}.ipynb`), `${file}.new`);
  fs.renameSync(`${file}.new`, file);
}

/** `--fresh`: what the chosen notebooks wrote goes. Answers that were paid for only after a question. */
async function removeOutputs({ workDir }, chosen, fingerprints, yes) {
  const paid = path.join(workDir, "questions.jsonl");
  const isChosen = chosen.some(({ writes }) => writes.includes("questions.jsonl"));
  const losesPaid = isChosen && (await holdsPaidAnswers(paid));
  if (losesPaid && !yes && !(await confirm(`Remove the paid answers in ${paid}?`)))
    throw new Failure(`Nothing was removed. --fresh --yes removes ${paid} without asking.`);
  for (const notebook of chosen) {
    fingerprints.forget(notebook);
    for (const entry of notebook.writes)
      fs.rmSync(path.join(workDir, entry), { recursive: true, force: true });
  }
}

async function holdsPaidAnswers(file) {
  if (!fs.existsSync(file)) return false;
  const { readRecords } = await import("mrl/questions");
  return readRecords(file).some(({ costUsd = 0 }) => costUsd > 0);
}

/** Ctrl-C and a polite kill end the running notebook; what it has saved stays. */
function createStopper() {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  signals.forEach((name) => process.on(name, stop));
  const release = () => signals.forEach((name) => process.off(name, stop));
  return { signal: controller.signal, release };
}
