import * as fs from "node:fs";
import * as path from "node:path";
import { InputError } from "./errors";
import { profiles } from "./profiles";
import { checkSettings } from "./settings-check";
import { readOverrides } from "./settings-env";
import type { SiteSettings } from "./site-settings";

export type ProfileName = "smoke" | "sample" | "seed";

/** Everything a run of the nine notebooks can be told. Every leaf can be overridden, see {@link loadSettings}. */
export interface Settings {
  profile: ProfileName;
  /** Where the documentation comes from. */
  site: SiteSettings;
  /** How pages become chunks. */
  split: { chunkChars: number; overlapChars: number; minWords: number };
  /** Who writes the questions. */
  questions: {
    /** `replay`: the recorded answers of the sample, served on loopback; `openai`: any OpenAI-compatible server. */
    source: "replay" | "openai";
    model: string;
    /** Address of the server, up to and with `/v1`; empty: the client's own default. */
    baseUrl: string;
    concurrency: number;
    /** Requests begun in a minute at most; 0: no limit of one's own. */
    requestsPerMinute: number;
    /** Requests for one chunk until it is set aside. */
    maxTries: number;
    /** Dollars that questions and embeddings of this profile may cost in all; 0: nothing is spent. */
    maxUsd: number;
    /** First replies through the Batch API: half the price, within a day. */
    batch: boolean;
    /** Replay only: so many chunks get a spoiled first reply, so that asking again is seen to work. */
    spoiledReplies: number;
  };
  /** Which questions are kept. Thresholds are cosines and belong to the embedder. */
  filter: {
    /** `base`: the base model itself; else the name of an embedding model of the question server. */
    embedder: string;
    minQuestionPassage: number;
    maxQuestionQuestion: number;
  };
  /** Shares of pages held out whole, and of the remaining rows. */
  splitRows: { unseenPages: number; validationPages: number; seenRows: number; seed: number };
  model: {
    /** A folder or a name on the Hugging Face Hub. */
    base: string;
    /** Matryoshka dimensions, largest first. */
    dims: number[];
    /** The dimension whose validation NDCG@10 chooses the checkpoint. */
    selectionDim: number;
    precision: "auto" | "f32" | "bf16";
    device: "auto" | "cpu" | "gpu";
  };
  training: {
    epochs: number;
    /** Pairs that see each other as in-batch negatives. */
    batchSize: number;
    /** Batches whose gradients are averaged into one update. */
    accumulation: number;
    lr: number;
    /** Share of the updates in which the learning rate rises. */
    warmup: number;
    seed: number;
    /** 0: all of them; else training ends after so many updates. */
    maxUpdates: number;
    /** A checkpoint is also kept every so many minutes. */
    checkpointMinutes: number;
  };
  publish: {
    /** `user/name` of the dataset and of the model on the Hub. */
    datasetRepo: string;
    modelRepo: string;
    /** True: only list what would be uploaded. */
    dryRun: boolean;
  };
  /** The data that the reproduced work published, which an extra notebook trains on. */
  published: {
    /** `user/name` of a dataset on the Hub that anyone may read. */
    datasetRepo: string;
  };
}

/** Settings with the folder that the run writes to. */
export interface RunSettings extends Settings {
  /** The project's folder, absolute. */
  root: string;
  /** `data/work/<profile>` in it, absolute. */
  workDir: string;
}

type DeepPartial<T> = {
  [K in keyof T]?: T[K] extends (infer U)[] ? U[] : T[K] extends object ? DeepPartial<T[K]> : T[K];
};

/** A change to settings: any part of them. */
export type SettingsChange = DeepPartial<Omit<Settings, "profile">>;

/**
 * The settings of a profile, changed first by environment variables, then by `change`, and checked.
 *
 * The profile is `MRL_PROFILE`, or `sample`. A variable is `MRL_`, the section and the name in capitals:
 * `MRL_TRAINING_BATCH_SIZE=16`, `MRL_MODEL_DIMS=384,128`.
 * @throws InputError naming the setting, its value and what is allowed
 */
export function loadSettings(
  change: SettingsChange = {},
  env: NodeJS.ProcessEnv = process.env,
): RunSettings {
  const name = env.MRL_PROFILE || "sample";
  if (!Object.hasOwn(profiles, name)) {
    throw new InputError(
      `MRL_PROFILE is "${name}"; allowed are ${Object.keys(profiles).join(", ")}`,
    );
  }
  const settings = structuredClone(profiles[name as ProfileName]);
  merge(settings, readOverrides(settings, env));
  merge(settings, change);
  checkSettings(settings);
  if (settings.profile !== name)
    throw new InputError("the profile is no setting to change; MRL_PROFILE chooses it");
  const root = findRoot(env);
  return { ...settings, root, workDir: path.join(root, "data", "work", name) };
}

/** Writes the leaves of `change` into `target`; {@link checkSettings} refuses names that are not settings. */
function merge(target: object, change: object): void {
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) continue;
    const old: unknown = Object.getOwnPropertyDescriptor(target, key)?.value;
    if (isSection(old) && isSection(value)) merge(old, value);
    // Defined, not assigned: a key "__proto__" must be seen, and refused, like any other.
    else Object.defineProperty(target, key, { ...plain, value: value as unknown });
  }
}

const plain = { enumerable: true, configurable: true, writable: true };

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The project's folder: `MRL_ROOT`, or the nearest folder above the working one whose package.json is this project's.
 * @throws InputError where there is none
 */
export function findRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MRL_ROOT) return path.resolve(env.MRL_ROOT);
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const file = path.join(folder, "package.json");
    if (fs.existsSync(file) && isProject(file)) return folder;
    if (folder === path.dirname(folder)) {
      throw new InputError(`no project folder above ${process.cwd()}; set MRL_ROOT to it`);
    }
  }
}

function isProject(file: string): boolean {
  const content = JSON.parse(fs.readFileSync(file, "utf8")) as { name?: string };
  return content.name === "matryoshka-search";
}
