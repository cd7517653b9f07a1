import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";

/** What a process printed and how it ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

export const projectRoot: string = process.cwd();
export const projectPython: string = path.join(projectRoot, "environment", "venv", "bin", "python");

/** An environment in which no package registry can be reached and nothing comes from a cache. */
export function withoutRegistry(folder: string): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  return {
    ...process.env,
    PIP_INDEX_URL: nowhere,
    PIP_RETRIES: "0",
    PIP_FIND_LINKS: "",
    PIP_NO_CACHE_DIR: "1",
    npm_config_registry: nowhere,
    npm_config_fetch_retries: "0",
    npm_config_cache: path.join(folder, "npm-cache"),
  };
}

/** A folder that is removed after the tests. */
export function makeFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "setup test ")));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of the files that the set-up reads, without anything that it makes. */
export function makeProject(folder: string = makeFolder()): string {
  const files = ["package.json", "package-lock.json", "tsconfig.json", "lib/package.json"];
  const folders = ["environment/downloads", "environment/tfjs-node", "lib/src/common"];
  const rest = ["lib/tsconfig.json", "environment/requirements.txt"];
  for (const entry of [...files, ...folders, ...rest]) {
    fs.cpSync(path.join(projectRoot, entry), path.join(folder, entry), { recursive: true });
  }
  return folder;
}

/** Runs the real set-up on a folder. */
export function runSetup(
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  nodeArgs: string[] = [],
): Promise<Ended> {
  const script = path.join(projectRoot, "environment", "setup.mjs");
  return runNode([...nodeArgs, script, "--profile", "smoke", ...args], env);
}

/** Runs lines of an ES module in which `load("setup/main.mjs")` imports a module of environment/. */
export function runModule(code: string, env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  const base = JSON.stringify(pathToFileURL(path.join(projectRoot, "environment") + path.sep));
  const head = `
    const load = (name) => import(new URL(name, ${base}).href);
    const { runMain } = await load("shared/failure.mjs");
    const { createContext } = await load("setup/context.mjs");`;
  const body = `await runMain(async () => { ${code} });`;
  return runNode(["--input-type=module", "-e", head + body], env);
}

/** Runs Node to its end. */
export function runNode(args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const ended: Ended = { code: null, stdout: "", stderr: "", seconds: 0 };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ ...ended, code, seconds: (performance.now() - started) / 1000 }),
    );
  });
}
