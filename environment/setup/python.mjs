import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Failure } from "../shared/failure.mjs";
import { hashTree } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure } from "./explain.mjs";
import { readStamp, writeStamp } from "./stamps.mjs";

const candidates = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];
const probe = `
import sys
missing = []
for name in ("venv", "ensurepip", "ssl", "zipfile"):
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
print("%d.%d" % sys.version_info[:2], ",".join(missing))
`;

/** Step: the project's own Python environment, with Jupyter and Sphinx. */
export const pythonStep = {
  name: "python",
  title: "Python environment (Jupyter, Sphinx)",
  needBytes: 1.2e9,
  isFresh: (context) => isInstalled(context, own(context)),
  run: (context, report) => installPackages(context, own(context), report),
};

const own = ({ venv }) => ({ venv, file: "environment/requirements.txt", name: "python" });

/** True when an environment holds what its requirements file asks for. */
export function isInstalled(context, { venv, file }) {
  return (
    readStamp(stampFile(venv)) === stampKey(context, venv, file) && fs.existsSync(pythonOf(venv))
  );
}

/**
 * Makes a Python environment and installs a requirements file with hashes into it.
 * @param environment its folder `venv`, the requirements `file` in the project, and the `name` of its log
 */
export async function installPackages(context, { venv, file, name }, report) {
  const log = context.log(name);
  if (!venvWorks(venv)) await createVenv(context, venv, log);
  const pip = ["-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "-r"];
  for (const requirements of [context.requirements("pip"), context.inRoot(file)]) {
    const options = { env: pipEnv(context), log, onLine: (line) => report(line.trim()) };
    const result = await runCommand(pythonOf(venv), [...pip, requirements], options);
    if (result.code) throw explainFailure("Installing the Python packages", result, log);
  }
  writeStamp(stampFile(venv), stampKey(context, venv, file));
}

/** The interpreter of an environment. */
export function pythonOf(venv) {
  return path.join(venv, "bin", "python");
}

/** pip's environment: its half-done files lie in our own cache folder, on the disk that was checked. */
export function pipEnv(context) {
  fs.mkdirSync(context.temporary, { recursive: true });
  return { ...context.env, TMPDIR: context.temporary, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
}

/** The first Python on the PATH that is new enough and complete. */
export function findPython(env) {
  const problems = [];
  for (const command of candidates) {
    const result = spawnSync(command, ["-c", probe], { env, encoding: "utf8" });
    if (result.error || result.status !== 0) continue;
    const [version, missing] = result.stdout.trim().split(" ");
    const [major, minor] = version.split(".").map(Number);
    if (major !== 3 || minor < 11) problems.push(`${command} is Python ${version}, too old`);
    else if (missing)
      problems.push(
        `${command} (Python ${version}) lacks ${missing}: install python${version}-venv`,
      );
    else return command;
  }
  const found = problems.length ? problems[0] : "none was found on the PATH";
  throw new Failure(
    `Python 3.11 or newer with venv is needed, but ${found}. On Debian or Ubuntu: apt install python3 python3-venv. Then run this again.`,
  );
}

/** An environment that was moved or whose Python is gone is of no use: its scripts hold absolute paths. */
function venvWorks(venv) {
  const script = path.join(venv, "bin", "pip");
  if (!fs.existsSync(script)) return false;
  const firstLines = fs.readFileSync(script, "utf8").slice(0, 2000);
  if (!firstLines.includes(path.join(venv, "bin"))) return false;
  return spawnSync(pythonOf(venv), ["-c", "import pip"]).status === 0;
}

async function createVenv(context, venv, log) {
  fs.rmSync(venv, { recursive: true, force: true });
  const options = { env: context.env, log };
  const result = await runCommand(findPython(context.env), ["-m", "venv", venv], options);
  if (result.code) throw explainFailure("Creating the Python environment", result, log);
}

function stampFile(venv) {
  return path.join(venv, ".matryoshka-search");
}

function stampKey(context, venv, file) {
  return `${venv} ${hashTree(context.root, [file, "environment/downloads/pip.txt"])}`;
}
