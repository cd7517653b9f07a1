import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, readJson, writeJson } from "../common/index";
import {
  readSafetensors,
  writeSafetensors,
  type SentenceEncoder,
  type Weights,
} from "../encoder/index";
import * as tf from "@tensorflow/tfjs-node-gpu";
import type { AdamW } from "./adamw";
import { recordFiles } from "./run-record";
import type { FineTuneResult } from "./types";

/** What a run needs to go on, besides weights and optimiser; all else follows from seed and number of the update. */
export interface RunState {
  /** Updates done. */
  update: number;
  /** Mark of the settings, data and base model that the run was started with. */
  fingerprint: string;
  /** Of the products; a run ends in the one it began in. */
  precision: SentenceEncoder["precision"];
  evaluations: FineTuneResult["evaluations"];
}

const STATE = "state.json";

/**
 * Saves weights, optimiser and state as `resume-<update>`, the state last: a folder without it is no checkpoint.
 * Older ones are removed afterwards. Where the update's checkpoint is there already, only the state is new.
 */
export function saveCheckpoint(
  runDir: string,
  model: SentenceEncoder,
  optimizer: AdamW,
  state: RunState,
): string {
  const folder = path.join(runDir, `resume-${state.update}`);
  const { steps, moments } = optimizer.read();
  if (!fs.existsSync(path.join(folder, STATE))) {
    writeSafetensors(path.join(folder, "model.safetensors"), model.parameters.read());
    writeSafetensors(path.join(folder, "optimizer.safetensors"), moments);
  }
  writeJson(path.join(folder, STATE), { ...state, steps });
  for (const other of listNumbered(runDir, "resume")) {
    if (other.folder !== folder) fs.rmSync(other.folder, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Puts model and optimiser where the newest whole checkpoint of a run left them.
 * @returns its state, or null where there is none
 * @throws InputError when the checkpoint was made with other settings, data or another base model, or in another
 * precision
 */
export function restoreCheckpoint(
  runDir: string,
  model: SentenceEncoder,
  optimizer: AdamW,
  fingerprint: string,
): RunState | null {
  const whole = listNumbered(runDir, "resume").filter(({ folder }) =>
    fs.existsSync(path.join(folder, STATE)),
  );
  const newest = whole.at(-1);
  if (!newest) return null;
  const { steps, ...state } = readJson<RunState & { steps: number }>(
    path.join(newest.folder, STATE),
  );
  if (state.fingerprint !== fingerprint) {
    throw new InputError(
      `${newest.folder} was made with other settings, data or another base model; use another outputDir, or resume: false`,
    );
  }
  if (state.precision !== model.precision) {
    throw new InputError(
      `${newest.folder} was made in ${state.precision}, the model computes in ${model.precision}; load it with precision: "${state.precision}", or resume: false`,
    );
  }
  loadWeights(model, path.join(newest.folder, "model.safetensors"));
  optimizer.restore(steps, readSafetensors(path.join(newest.folder, "optimizer.safetensors")));
  return state;
}

/** Saves an epoch's weights as `epoch-<n>/model.safetensors`. */
export function saveEpoch(runDir: string, model: SentenceEncoder, epoch: number): void {
  writeSafetensors(epochFile(runDir, epoch), model.parameters.read());
}

/** Gives the model the weights of an epoch. */
export function loadEpoch(runDir: string, model: SentenceEncoder, epoch: number): void {
  loadWeights(model, epochFile(runDir, epoch));
}

/** Removes the weights of all but the newest `keep` epochs and the best one. */
export function pruneEpochs(runDir: string, keep: number, best: number): void {
  const epochs = listNumbered(runDir, "epoch");
  for (const { folder, number } of epochs.slice(0, Math.max(0, epochs.length - keep))) {
    if (number !== best) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes checkpoints and record of a run that starts anew. */
export function clearRun(runDir: string): void {
  for (const file of Object.values(recordFiles(runDir))) fs.rmSync(file, { force: true });
  for (const prefix of ["resume", "epoch"]) {
    for (const { folder } of listNumbered(runDir, prefix)) fs.rmSync(folder, { recursive: true });
  }
}

function epochFile(runDir: string, epoch: number): string {
  return path.join(runDir, `epoch-${epoch}`, "model.safetensors");
}

function loadWeights(model: SentenceEncoder, file: string): void {
  setWeights(model, readSafetensors(file));
}

/** Gives the model these weights. */
export function setWeights(model: SentenceEncoder, weights: ReadonlyMap<string, Weights>): void {
  for (const [name, { shape, data }] of weights) {
    model.parameters.set(name, tf.tensor(data, shape));
  }
}

function listNumbered(runDir: string, prefix: string): { folder: string; number: number }[] {
  if (!fs.existsSync(runDir)) return [];
  return fs
    .readdirSync(runDir)
    .filter((name) => new RegExp(`^${prefix}-\\d+$`).test(name))
    .map((name) => ({ folder: path.join(runDir, name), number: Number(name.split("-")[1]) }))
    .sort((a, b) => a.number - b.number);
}
