import { Failure } from "./failure.mjs";

/** The profiles, as `mrl/common` knows them. */
export const profileNames = ["smoke", "sample", "seed"];

/**
 * Reads `--name value`, `--name=value` and `--flag`.
 * @param known the options: `true` for a flag, `"value"` for one that takes a value
 */
export function readOptions(args, known) {
  const options = {};
  for (let i = 0; i < args.length; i++) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (!name || !Object.hasOwn(known, name)) {
      const all = Object.keys(known).map((key) => `--${key}`);
      throw new Failure(`"${args[i]}" is no option; there are ${all.join(", ")}.`);
    }
    if (known[name] === true) options[name] = true;
    else options[name] = inline ?? args[++i];
    if (options[name] === undefined) throw new Failure(`--${name} needs a value after it.`);
  }
  return options;
}

/** The profile of a run: `--profile`, else MRL_PROFILE, else sample. */
export function chooseProfile(option, env = process.env) {
  const profile = option ?? (env.MRL_PROFILE || "sample");
  if (profileNames.includes(profile)) return profile;
  throw new Failure(`There is no profile "${profile}"; there are ${profileNames.join(", ")}.`);
}
