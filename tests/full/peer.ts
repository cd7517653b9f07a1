import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const cache = path.join(process.cwd(), "environment", ".cache");

/** Where Python's sentence-transformers lies; `npm run test:full` installs it before it runs the tests. */
export const peerBin: string = path.join(cache, "peer", "bin");
/** Packages with its ONNX backend, for PYTHONPATH. */
export const onnxPeer: string = path.join(cache, "peer-onnx");

/**
 * Runs a command of the peer's, without network, one thread a process.
 * @returns what it printed on stdout
 */
export async function runPeer(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const file = path.join(peerBin, command);
  assert.ok(fs.existsSync(file), `${file} is missing: run npm run test:full`);
  const child = spawn(file, args, {
    env: { ...process.env, ...fixed, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  assert.equal(code, 0, `${command} ${args.join(" ")} ended with ${code}:\n${stderr.slice(-3000)}`);
  return stdout;
}

const fixed = {
  HF_HUB_OFFLINE: "1",
  TOKENIZERS_PARALLELISM: "false",
  OMP_NUM_THREADS: "1",
};
