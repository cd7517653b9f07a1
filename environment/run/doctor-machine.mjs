import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import { Failure } from "../shared/failure.mjs";
import { formatBytes } from "../shared/status-line.mjs";
import { findSystemCompiler } from "../setup/addon.mjs";
import { findPlatform, platformNames } from "../setup/context.mjs";
import { needBytes, steps } from "../setup/main.mjs";
import { findPython } from "../setup/python.mjs";
import { wantsGpu } from "../setup/tensorflow.mjs";

/** What notebook 06 takes at its peak, with room for the rest of the machine. */
const memoryBytes = { smoke: 4e9, sample: 8e9, seed: 24e9 };

/** What this machine has to have. Each check looks at it and gives {state: good | note | bad, text, todo?}. */
export function checkMachine() {
  return [
    { title: "Platform", look: lookAtPlatform },
    { title: "Node", look: () => ({ state: "good", text: process.versions.node }) },
    { title: "Python", look: lookAtPython },
    { title: "C++ compiler", look: lookAtCompiler },
    { title: "Device", look: lookAtDevice },
    { title: "Memory", look: lookAtMemory },
    { title: "Disk", look: lookAtDisk },
    { title: "Set-up", look: lookAtSetup },
  ];
}

function lookAtPlatform() {
  const name = `${process.platform}-${process.arch}`;
  if (name === "linux-x64") return { state: "good", text: name };
  if (findPlatform()) return { state: "note", text: `${name}, on which nothing has been tested` };
  const todo = `use one of ${platformNames.join(", ")}`;
  return { state: "bad", text: `${name} has no TensorFlow to take`, todo };
}

function lookAtPython({ env }) {
  try {
    const command = findPython(env);
    const { stdout } = spawnSync(command, ["--version"], { env, encoding: "utf8" });
    return { state: "good", text: `${stdout.trim()} (${command})` };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { state: "bad", text: "none that can be used", todo: error.message };
  }
}

function lookAtCompiler(context) {
  const command = findSystemCompiler(context);
  if (command) return { state: "good", text: command };
  const todo = "nothing to do; or, on Debian or Ubuntu: apt install g++";
  return { state: "note", text: "none; ziglang from PyPI takes its place", todo };
}

function lookAtDevice({ env }) {
  const cores = `${os.availableParallelism()} cores`;
  if (wantsGpu({ env })) return { state: "good", text: `an NVIDIA GPU, and ${cores}` };
  const file = "/proc/cpuinfo";
  const flags = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const bf16 = /\b(avx512_bf16|amx_bf16)\b/.test(flags) ? ", with bf16" : "";
  return { state: "good", text: `${cores}${bf16}, no GPU (none is needed)` };
}

function lookAtMemory({ profile }) {
  const [total, free, need] = [os.totalmem(), availableBytes(), memoryBytes[profile]];
  const text = `${formatBytes(free)} of ${formatBytes(total)} free; training takes up to ${formatBytes(need)}`;
  if (free >= need) return { state: "good", text };
  const todo = "close other programs, or set MRL_TRAINING_BATCH_SIZE=16";
  return { state: total >= need ? "note" : "bad", text, todo };
}

/** Memory that a new program can have: the files that the system keeps in memory give way. */
function availableBytes() {
  const file = "/proc/meminfo";
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? [];
  return kilobytes ? Number(kilobytes) * 1024 : os.freemem();
}

function lookAtDisk(context) {
  const { bavail, bsize } = fs.statfsSync(context.root);
  const missing = steps.filter((step) => !step.isFresh(context));
  const need = missing.reduce((sum, step) => sum + needBytes(step, context), 1e9);
  const text = `${formatBytes(bavail * bsize)} free; ${formatBytes(need)} needed`;
  if (bavail * bsize >= need) return { state: "good", text };
  return { state: "bad", text, todo: `free some space on the disk of ${context.root}` };
}

function lookAtSetup(context) {
  const missing = steps.filter((step) => !step.isFresh(context)).map((step) => step.title);
  if (missing.length === 0) return { state: "good", text: "complete" };
  return { state: "note", text: `missing: ${missing.join(", ")}`, todo: "npm start makes it" };
}
