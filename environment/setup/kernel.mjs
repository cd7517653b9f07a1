import * as fs from "node:fs";
import * as path from "node:path";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure } from "./explain.mjs";

/** Step: the TypeScript kernel, known to the project's own Jupyter. */
export const kernelStep = {
  name: "kernel",
  title: "TypeScript kernel for Jupyter",
  needBytes: 1e6,
  isFresh: (context) => {
    const file = path.join(context.venv, "share", "jupyter", "kernels", "tslab", "kernel.json");
    return (
      fs.existsSync(file) && JSON.parse(fs.readFileSync(file, "utf8")).argv[0] === tslab(context)
    );
  },
  async run(context) {
    const log = context.log("kernel");
    const python = `--python=${context.python}`;
    const args = ["install", python, "--sys-prefix", `--binary=${tslab(context)}`];
    const result = await runCommand(tslab(context), args, { env: context.env, log });
    if (result.code) throw explainFailure("Installing the TypeScript kernel", result, log);
  },
};

/** The kernel's description holds this path, so a project that was moved gets a new one. */
function tslab(context) {
  return context.inRoot("node_modules", ".bin", "tslab");
}
