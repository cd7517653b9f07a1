import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../shared/run-command.mjs";
import { formatBytes } from "../shared/status-line.mjs";
import { explainFailure } from "./explain.mjs";
import { pipEnv } from "./python.mjs";

const scripts = path.dirname(fileURLToPath(import.meta.url));

/**
 * Downloads the wheels of a hashed requirements file, one at a time. A finished wheel is not fetched
 * again, a half one goes on where it stopped.
 * @param name of the file in environment/downloads
 * @param platform pip's options for wheels of another Python or platform
 * @returns the folder that holds the wheels
 */
export async function downloadWheels(context, name, what, report, platform = []) {
  const folder = path.join(context.cache, "downloads", name);
  const parts = path.join(folder, "parts");
  fs.mkdirSync(parts, { recursive: true });
  const log = context.log(name);
  const env = { ...pipEnv(context), MRL_PARTIAL_DOWNLOADS: parts };
  const script = [path.join(scripts, "resumable_pip.py"), "download", "--no-deps"];
  const common = ["--require-hashes", "--only-binary=:all:", "--progress-bar=raw", ...platform];
  for (const requirement of splitRequirements(context.requirements(name))) {
    const file = path.join(folder, "requirement.txt");
    fs.writeFileSync(file, requirement);
    const args = [...script, ...common, "-d", folder, "-r", file];
    const onLine = createProgressReader(requirement.split("==")[0], report);
    const result = await runCommand(context.python, args, { env, log, onLine });
    if (result.code) throw explainFailure(`Downloading ${what}`, result, log);
  }
  fs.rmSync(parts, { recursive: true });
  return folder;
}

/** Removes the wheels once their content is in place. */
export function dropDownloads(context, name) {
  fs.rmSync(path.join(context.cache, "downloads", name), { recursive: true, force: true });
}

/**
 * Unpacks the members of wheels whose names match.
 * @param patterns shell patterns over the names in the wheel
 * @param strip leading folders to leave out, as a pattern; "*" leaves only the file name
 */
export async function unpackWheels(context, folder, target, { patterns, strip }) {
  const log = context.log("unpack");
  const args = [path.join(scripts, "unpack_wheels.py"), folder, target, strip, ...patterns];
  const result = await runCommand(context.python, args, { env: context.env, log });
  if (result.code) throw explainFailure(`Unpacking ${path.basename(folder)}`, result, log);
}

function splitRequirements(file) {
  const text = fs.readFileSync(file, "utf8").replace(/\\\n/g, " ");
  return text.split("\n").filter((line) => line.trim());
}

function createProgressReader(name, report) {
  return (line) => {
    const [, done, total] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
    if (total) report(`${name} ${formatBytes(Number(done))} of ${formatBytes(Number(total))}`);
    else report(line.trim());
  };
}
