import * as path from "node:path";
import { runMain } from "../shared/failure.mjs";
import { chooseProfile, readOptions } from "../shared/options.mjs";
import { createContext } from "../setup/context.mjs";
import { checkMachine } from "./doctor-machine.mjs";
import { checkServices } from "./doctor-services.mjs";

const marks = { good: "✔", note: "•", bad: "✖" };

/** The command: one line a check; the exit code is 1 where something would stop `npm start`. */
export function main(args) {
  return runMain(async () => {
    const options = readOptions(args, { profile: "value" });
    const profile = chooseProfile(options.profile);
    const context = createContext(path.join(import.meta.dirname, "..", ".."), profile);
    console.log(`What the profile ${profile} needs, and what is here`);
    let bad = 0;
    for (const check of [...checkMachine(), ...checkServices()]) {
      const { state, text, todo } = await check.look(context);
      console.log(`  ${marks[state]} ${check.title.padEnd(16)} ${text}`);
      if (todo) console.log(`    ${" ".repeat(16)} → ${todo}`);
      if (state === "bad") bad++;
    }
    console.log(bad === 0 ? "Nothing stands in the way of npm start." : `${bad} to mend first.`);
    return bad === 0 ? 0 : 1;
  });
}
