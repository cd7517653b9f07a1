import * as fs from "node:fs";
import * as path from "node:path";
import { Failure, runMain } from "../shared/failure.mjs";
import { takeLock } from "../shared/lock.mjs";
import { chooseProfile, readOptions } from "../shared/options.mjs";
import { createStatusLine, formatBytes, formatSeconds } from "../shared/status-line.mjs";
import { addonStep } from "./addon.mjs";
import { createContext } from "./context.mjs";
import { kernelStep } from "./kernel.mjs";
import { libraryStep } from "./library.mjs";
import { modelStep } from "./models.mjs";
import { packagesStep } from "./packages.mjs";
import { precisionStep } from "./precision.mjs";
import { pythonStep } from "./python.mjs";
import { tensorflowStep } from "./tensorflow.mjs";

/** What the set-up does, in order. */
export const steps = [
  ...[pythonStep, packagesStep, tensorflowStep, addonStep],
  ...[libraryStep, precisionStep, kernelStep, modelStep],
];

/** The command: `--profile` says for which profile, `--root` for which copy of the project. */
export function main(args) {
  return runMain(async () => {
    const options = readOptions(args, { profile: "value", root: "value" });
    await setUp({ root: options.root, profile: chooseProfile(options.profile) });
  });
}

/**
 * Does every step whose products are missing or older than their inputs.
 * @throws Failure with the one line to show
 */
export async function setUp({ root, profile, stream = process.stdout }) {
  const folder = fs.realpathSync(root ?? path.join(import.meta.dirname, "..", ".."));
  const context = createContext(folder, profile);
  if (steps.every((step) => step.isFresh(context))) return;
  const status = createStatusLine(stream);
  const lock = await waitForLock(context, status);
  try {
    const started = Date.now();
    status.print(`Setting up ${folder}`);
    for (const step of steps) await runStep(step, context, status);
    status.print(`Set-up finished in ${formatSeconds((Date.now() - started) / 1000)}`);
  } finally {
    status.clear();
    fs.rmSync(context.temporary, { recursive: true, force: true });
    lock.release();
  }
}

async function runStep(step, context, status) {
  if (step.isFresh(context)) return;
  checkSpace(step, context);
  const started = Date.now();
  const elapsed = () => formatSeconds((Date.now() - started) / 1000);
  let detail = "";
  const show = () => status.show(`  ${step.title} · ${elapsed()}${detail && " · " + detail}`);
  const timer = setInterval(show, 500);
  try {
    await step.run(context, (text) => (detail = text.slice(0, 100)));
  } catch (error) {
    throw explainError(step, error, context);
  } finally {
    clearInterval(timer);
  }
  status.print(`  ${step.title} · ${elapsed()}`);
}

/** The room on the disk that a step takes while it runs. */
export function needBytes(step, context) {
  return typeof step.needBytes === "function" ? step.needBytes(context) : step.needBytes;
}

/** MRL_SETUP_FREE_BYTES stands for the free space of the disk, in tests. */
function checkSpace(step, context) {
  const need = needBytes(step, context);
  const free = Number(context.env.MRL_SETUP_FREE_BYTES ?? freeBytes(context.root));
  if (free >= need) return;
  throw new Failure(
    `The disk of ${context.root} is full: "${step.title}" needs ${formatBytes(need)}, ${formatBytes(free)} are free. Free some space and run this again; what is finished is kept.`,
  );
}

function explainError(step, error, context) {
  // Some tools fail on a full disk without a word about it.
  const isFull = freeBytes(context.root) < 20e6;
  if (isFull || error.code === "ENOSPC" || error.code === "EDQUOT")
    return new Failure(
      `${step.title} failed: the disk is full (${error.message.slice(0, 200)}). Free some space and run this again; what is finished is kept.`,
    );
  if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS")
    return new Failure(
      `${step.title} failed: ${error.message}. Make the project's folder writable for you and run this again.`,
    );
  return error;
}

function freeBytes(folder) {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

async function waitForLock(context, status) {
  for (;;) {
    const lock = takeLock(path.join(context.cache, "setup.lock"));
    if (lock.release) return lock;
    status.show(`Waiting for another set-up of this folder (process ${lock.heldBy})`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
