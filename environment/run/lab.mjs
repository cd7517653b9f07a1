import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { runMain } from "../shared/failure.mjs";
import { chooseProfile } from "../shared/options.mjs";
import { setUp } from "../setup/main.mjs";
import { jupyterEnv } from "./execute.mjs";

// JupyterLab would ask about news at its first start, and fetch them; and it would wait one second for the kernel's
// completions, which the TypeScript compiler does not keep at first.
const overrides = {
  "@jupyterlab/completer-extension:manager": { providerTimeout: 20_000 },
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

/**
 * The command: further arguments go to JupyterLab, such as `--port 9000` or `--no-browser`.
 * A first argument `--root=<folder>` is for tests: it opens another folder with what is set up in this one.
 */
export function main(args) {
  return runMain(async () => {
    const own = path.join(import.meta.dirname, "..", "..");
    const [, given] = /^--root=(.+)$/.exec(args[0] ?? "") ?? [];
    const root = given ?? own;
    await setUp({ profile: chooseProfile() });
    const python = path.join(own, "environment", "venv", "bin", "python");
    const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
    const lab = ["-m", "jupyter", "lab", "--ip=127.0.0.1", `--notebook-dir=${root}`];
    const start = [
      "--LabApp.default_url=/lab/tree/notebooks",
      "--MultiKernelManager.default_kernel_name=tslab",
      ...asRoot,
      ...args.slice(given ? 1 : 0),
    ];
    const env = jupyterEnv({ root, env: process.env });
    writeOverrides(env.JUPYTER_CONFIG_DIR);
    const child = spawn(python, [...lab, ...start], { cwd: root, env, stdio: "inherit" });
    // Ctrl-C reaches JupyterLab too, which asks back: this process only waits for it.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
  });
}

function writeOverrides(configDir) {
  const folder = path.join(configDir, "labconfig");
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "default_setting_overrides.json");
  fs.writeFileSync(file, JSON.stringify(overrides, null, 2) + "\n");
}
