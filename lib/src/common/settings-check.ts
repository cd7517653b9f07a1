import { InputError } from "./errors";
import { profiles } from "./profiles";
import type { Settings } from "./settings";

/** What a setting can be. */
export type Leaf = string | number | boolean | number[];
type Rule = { allowed: string; holds: (value: never) => boolean };

const positive: Rule = {
  allowed: "a whole number from 1",
  holds: (v: number) => Number.isInteger(v) && v >= 1,
};
const count: Rule = {
  allowed: "a whole number from 0",
  holds: (v: number) => Number.isInteger(v) && v >= 0,
};
const share: Rule = {
  allowed: "a number from 0 to below 1",
  holds: (v: number) => v >= 0 && v < 1,
};
const cosine: Rule = { allowed: "a cosine, from -1 to 1", holds: (v: number) => v >= -1 && v <= 1 };
const name: Rule = { allowed: "a name", holds: (v: string) => v.length > 0 };
const repo: Rule = { allowed: "user/name", holds: (v: string) => /^[\w.-]+\/[\w.-]+$/.test(v) };
const flag: Rule = { allowed: "true or false", holds: (v: boolean) => typeof v === "boolean" };
const oneOf = (...values: string[]): Rule => ({
  allowed: values.join(", "),
  holds: (v: string) => values.includes(v),
});
const url: Rule = {
  allowed: "empty, or an address that begins with http:// or https://",
  holds: (v: string) => v === "" || (URL.canParse(v) && /^https?:/.test(v)),
};

const rules: Record<string, Record<string, Rule>> = {
  site: { startUrl: url, maxPages: positive, concurrency: positive },
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
};

/**
 * Checks every setting by itself and the few that depend on each other.
 * @throws InputError naming the setting, its value and what is allowed
 */
export function checkSettings(settings: Settings): void {
  for (const [section, values] of Object.entries(settings)) {
    if (section === "profile") continue;
    if (!rules[section])
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
  const rule = rules[section][key];
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
  throw new InputError(`${setting} is ${JSON.stringify(value)}; allowed: ${allowed}`);
}
