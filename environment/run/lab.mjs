import { spawn } from "node:child_process";
import * as path from "node:path";
import { runMain } from "../shared/failure.mjs";
import { chooseProfile } from "../shared/options.mjs";
import { setUp } from "../setup/main.mjs";
import { jupyterEnv } from "./execute.mjs";

/** The command: further arguments go to JupyterLab, such as `--port 9000` or `--no-browser`. */
export function main(args) {
  return runMain(async () => {
    const root = path.join(import.meta.dirname, "..", "..");
    await setUp({ profile: chooseProfile() });
    const python = path.join(root, "environment", "venv", "bin", "python");
    const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
    const lab = ["-m", "jupyter", "lab", "--ip=127.0.0.1", `--notebook-dir=${root}`];
    const start = [
      "--LabApp.default_url=/lab/tree/notebooks",
      "--MultiKernelManager.default_kernel_name=tslab",
      ...asRoot,
      ...args,
    ];
    const options = { cwd: root, env: jupyterEnv({ root, env: process.env }), stdio: "inherit" };
    const child = spawn(python, [...lab, ...start], options);
    // Ctrl-C reaches JupyterLab too, which asks back: this process only waits for it.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
  });
}
