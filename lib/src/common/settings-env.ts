import { InputError } from "./errors";
import type { Settings } from "./settings";
import type { Leaf } from "./settings-check";

/**
 * The settings that environment variables name, read as the type that the profile's value has.
 * @throws InputError naming a variable that begins like a setting and is none
 */
export function readOverrides(
  settings: Settings,
  env: NodeJS.ProcessEnv,
): Record<string, Record<string, Leaf>> {
  const overrides: Record<string, Record<string, Leaf>> = {};
  const known = new Set<string>();
  const sections = Object.entries(settings).filter(([name]) => name !== "profile");
  for (const [section, values] of sections) {
    for (const [key, value] of Object.entries(values as Record<string, Leaf>)) {
      const variable = `MRL_${toConstantCase(section)}_${toConstantCase(key)}`;
      const text = env[variable];
      if (text !== undefined) (overrides[section] ??= {})[key] = parseLike(value, text);
      known.add(variable);
    }
  }
  refuseUnknown(
    sections.map(([section]) => section),
    Object.keys(env),
    known,
  );
  return overrides;
}

/** A mistyped variable would otherwise be seen only when the training has run for an hour. */
function refuseUnknown(
  sections: readonly string[],
  variables: readonly string[],
  known: ReadonlySet<string>,
): void {
  for (const section of sections) {
    const start = `MRL_${toConstantCase(section)}_`;
    const stray = variables.find((name) => name.startsWith(start) && !known.has(name));
    if (stray === undefined) continue;
    const allowed = [...known].filter((name) => name.startsWith(start)).join(", ");
    throw new InputError(`${stray} is no setting; there are ${allowed}`);
  }
}

function parseLike(example: Leaf, text: string): Leaf {
  if (typeof example === "number") return toNumber(text);
  if (typeof example === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (Array.isArray(example)) return text.split(",").map(toNumber);
  return text;
}

/** The number, or the text itself where it is none, so that the refusal can show it. */
function toNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : (text as never);
}

function toConstantCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
