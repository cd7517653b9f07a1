import * as fs from "node:fs";
import { Failure } from "../shared/failure.mjs";
import { hashTree } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { readStamp, swapFolder, writeStamp } from "./stamps.mjs";

const inputs = ["lib/src", "lib/tsconfig.json", "tsconfig.json", "package-lock.json"];

/** Step: the library `mrl`, compiled beside and then swapped in: what no longer has a source goes. */
export const libraryStep = {
  name: "library",
  title: "Library mrl",
  needBytes: 1e7,
  isFresh: (context) => readStamp(stampFile(context)) === hashTree(context.root, inputs),
  async run(context) {
    const key = hashTree(context.root, inputs);
    const fresh = context.inRoot("lib", "dist.new");
    fs.rmSync(fresh, { recursive: true, force: true });
    const log = context.log("library");
    const compiler = context.inRoot("node_modules", "typescript", "bin", "tsc");
    const target = ["--outDir", fresh, "--tsBuildInfoFile", `${fresh}/.tsbuildinfo`];
    const args = [compiler, "-p", context.inRoot("lib"), "--pretty", "false", ...target];
    const result = await runCommand(process.execPath, args, { cwd: context.root, log });
    if (result.code) {
      fs.rmSync(fresh, { recursive: true, force: true });
      const errors = result.output.filter((line) => line.includes("error TS"));
      throw new Failure(
        `The library does not compile, ${errors.length} errors, the first: ${errors[0] ?? result.output.at(-1)}. All of them: ${log}`,
      );
    }
    swapFolder(fresh, context.inRoot("lib", "dist"));
    writeStamp(stampFile(context), key);
  },
};

function stampFile(context) {
  return context.inRoot("lib", "dist", ".matryoshka-search");
}
