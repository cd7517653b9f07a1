import * as fs from "node:fs";
import * as path from "node:path";
import { parseEnv } from "node:util";
import { findRoot } from "./settings";

/** The keys that the project uses. `.env.example` lists them. */
export type SecretName = "OPENAI_API_KEY" | "HF_TOKEN";

/**
 * A key: from the environment, else from the file `.env` in the project's folder, which git ignores. It goes to the client
 * that needs it and nowhere else: `.env` is not loaded into the environment.
 * @param from the folder that holds `.env`, and the environment
 * @returns undefined where neither has it
 */
export function readSecret(
  name: SecretName,
  from: { root?: string; env?: NodeJS.ProcessEnv } = {},
): string | undefined {
  const { env = process.env, root = findRoot(env) } = from;
  if (env[name]) return env[name];
  const file = path.join(root, ".env");
  if (!fs.existsSync(file)) return undefined;
  return parseEnv(fs.readFileSync(file, "utf8"))[name] || undefined;
}
