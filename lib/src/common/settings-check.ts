import { inspect } from "node:util";
import { InputError } from "./errors";
import { profiles } from "./profiles";
import {
  cosine,
  count,
  flag,
  name,
  oneOf,
  positive,
  repo,
  selector,
  share,
  url,
  within,
  type Rule,
} from "./setting-rules";
import type { Settings } from "./settings";

/** What a setting can be. */
export type Leaf = string | number | boolean | number[];

const rules: Record<string, Record<string, Rule>> = {
  site: {
    startUrl: url,
    articleSelector: selector,
    sidebarSelector: selector,
    useSitemap: flag,
    maxPages: within(1, 100_000),
    concurrency: within(1, 100),
    delayMs: within(0, 600_000),
    timeoutMs: within(1, 600_000),
    maxTries: within(1, 20),
    maxBytes: within(1, 100_000_000),
    userAgent: {
      allowed:
        "one line of ASCII that begins with a name, such as my-crawler/1.0 (mail@example.org)",
      holds: (v: string) => /^[\w.-]+[\x20-\x7e]*$/.test(v),
    },
  },
  split: { chunkChars: positive, overlapChars: count, minWords: count },
  questions: {
    source: oneOf("replay", "openai"),
    model: name,
    baseUrl: url,
    concurrency: positive,
    requestsPerMinute: count,
    maxTries: positive,
    maxUsd: { allowed: "a number of dollars from 0", holds: (v: number) => v >= 0 },
    batch: flag,
    spoiledReplies: count,
  },
  filter: { embedder: name, minQuestionPassage: cosine, maxQuestionQuestion: cosine },
  splitRows: { unseenPages: share, validationPages: share, seenRows: share, seed: count },
  model: {
    base: name,
    dims: {
      allowed: "whole numbers from 1, each below the one before, such as 384,256,128,64",
      holds: (v: number[]) =>
        v.length > 0 &&
        v.every((d, i) => Number.isInteger(d) && d >= 1 && (i === 0 || d < v[i - 1])),
    },
    selectionDim: positive,
    precision: oneOf("auto", "f32", "bf16"),
    device: oneOf("auto", "cpu", "gpu"),
  },
  training: {
    epochs: positive,
    batchSize: {
      allowed: "a whole number from 2 (a batch of one has no negatives)",
      holds: (v: number) => Number.isInteger(v) && v >= 2,
    },
    accumulation: positive,
    lr: { allowed: "a number above 0 and up to 1", holds: (v: number) => v > 0 && v <= 1 },
    warmup: share,
    seed: count,
    maxUpdates: count,
    checkpointMinutes: { allowed: "a number above 0", holds: (v: number) => v > 0 },
  },
  publish: { datasetRepo: repo, modelRepo: repo, dryRun: flag },
  published: { datasetRepo: repo },
};

/**
 * Checks every setting by itself and the few that depend on each other.
 * @throws InputError naming the setting, its value and what is allowed
 */
export function checkSettings(settings: Settings): void {
  for (const [section, values] of Object.entries(settings)) {
    if (section === "profile") continue;
    if (!Object.hasOwn(rules, section))
      throw new InputError(
        `${section} is no section of the settings; there are ${Object.keys(rules).join(", ")}`,
      );
    if (typeof values !== "object" || values === null || Array.isArray(values))
      refuse(section, values, `an object with ${Object.keys(rules[section]).join(", ")}`);
    for (const [key, value] of Object.entries(values as Record<string, Leaf>))
      checkLeaf(section, key, value);
  }
  const { split, model, splitRows } = settings;
  if (split.overlapChars >= split.chunkChars)
    refuse(
      "split.overlapChars",
      split.overlapChars,
      `below split.chunkChars (${split.chunkChars})`,
    );
  if (!model.dims.includes(model.selectionDim))
    refuse(
      "model.selectionDim",
      model.selectionDim,
      `one of model.dims (${model.dims.join(", ")})`,
    );
  const heldOut = splitRows.unseenPages + splitRows.validationPages;
  if (heldOut >= 1)
    refuse("splitRows.unseenPages + splitRows.validationPages", heldOut, "below 1 together");
}

function checkLeaf(section: string, key: string, value: Leaf): void {
  const rule = Object.hasOwn(rules[section], key) ? rules[section][key] : undefined;
  if (!rule)
    throw new InputError(
      `${section}.${key} is no setting; ${section} has ${Object.keys(rules[section]).join(", ")}`,
    );
  if (!isLike(exampleOf(section, key), value) || !rule.holds(value as never))
    refuse(`${section}.${key}`, value, rule.allowed);
}

/** True where the value has the type of the setting; a number must be finite. */
function isLike(example: Leaf, value: unknown): boolean {
  if (Array.isArray(example)) return Array.isArray(value) && value.every(Number.isFinite);
  if (typeof example === "number") return Number.isFinite(value);
  return typeof value === typeof example;
}

function exampleOf(section: string, key: string): Leaf {
  return (profiles.sample as unknown as Record<string, Record<string, Leaf>>)[section][key];
}

function refuse(setting: string, value: unknown, allowed: string): never {
  throw new InputError(`${setting} is ${show(value)}; allowed: ${allowed}`);
}

/** A value as it would be written; some, such as functions and circular objects, have no JSON. */
function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? inspect(value);
  } catch (error) {
    if (error instanceof TypeError) return inspect(value);
    throw error;
  }
}
