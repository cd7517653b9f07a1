import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { Failure, runMain } from "../shared/failure.mjs";
import { readOptions } from "../shared/options.mjs";
import { createContext } from "../setup/context.mjs";
import { setUp } from "../setup/main.mjs";
import { preparePeer } from "../setup/peer.mjs";

/** The models that are compared, and the profile whose set-up fetches each. */
const profiles = { "all-MiniLM-L6-v2": "sample", "all-mpnet-base-v2": "seed" };

/**
 * The command behind `npm run parity`: both models, or the one that `--model` names. Its exit code is 1 where a
 * bound is broken.
 */
export function main(args) {
  return runMain(async () => {
    const { model } = readOptions(args, { model: "value" });
    const names = model ? [model] : Object.keys(profiles);
    const unknown = names.find((name) => !Object.hasOwn(profiles, name));
    if (unknown)
      throw new Failure(
        `"${unknown}" is no model to compare; there are ${Object.keys(profiles).join(", ")}.`,
      );
    for (const name of names) await setUp({ profile: profiles[name] });
    const root = path.join(import.meta.dirname, "..", "..");
    const python = await preparePeer(createContext(root, "seed"));
    const env = { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env };
    const run = (...command) =>
      spawnSync(process.execPath, command, { cwd: root, env, stdio: "inherit" }).status;
    if (run("node_modules/typescript/bin/tsc", "-p", "tests") !== 0)
      throw new Failure("The comparison could not be built: mend the errors above.");
    return run("tests/.build/parity/main.js", python, ...names) ?? 1;
  });
}
