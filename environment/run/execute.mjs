import * as fs from "node:fs";
import * as path from "node:path";
import { killAll, listTree } from "../shared/processes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailedCell } from "./failed-cell.mjs";
import { outputFolder } from "./notebooks.mjs";

/**
 * Runs one notebook in a kernel of its own and writes it with its outputs and as HTML, each whole or not at all.
 * @param run root, workDir, profile, env of the run
 * @param onTick called each second with {progress, peakBytes}
 * @param signal ends the run
 * @returns {Promise<{seconds: number, peakBytes: number}>}
 * @throws Failure with the failing cell and its message
 */
export async function executeNotebook(notebook, run, onTick, signal) {
  const target = outputFolder(run.workDir, notebook);
  const running = path.join(target, ".running");
  fs.rmSync(running, { recursive: true, force: true });
  fs.mkdirSync(running, { recursive: true });
  const progressFile = path.join(running, "progress.jsonl");
  const own = { MRL_PROGRESS_FILE: progressFile, MRL_RUN_FOLDER: run.workDir };
  const env = { ...jupyterEnv(run), MRL_PROFILE: run.profile, ...own };
  const log = path.join(target, `${notebook.name}.log`);
  const output = ["--output-dir", running];
  const limits = ["--ExecutePreprocessor.timeout=-1", "--ExecutePreprocessor.startup_timeout=120"];
  const untimed = "--ExecutePreprocessor.record_timing=False";
  const execute = ["--to", "notebook", "--execute", ...output, ...limits, untimed, notebook.file];
  const watched = await watch(convert(run, env, execute, log), progressFile, onTick, signal);
  if (watched.code) throw explainFailedCell(notebook, watched.output, log);
  const executed = path.join(running, `${notebook.name}.ipynb`);
  numberCells(executed);
  const html = await convert(run, env, ["--to", "html", ...output, executed], log).done;
  if (html.code) throw explainFailedCell(notebook, html.output, log);
  for (const suffix of [".ipynb", ".html"]) {
    const name = `${notebook.name}${suffix}`;
    fs.renameSync(path.join(running, name), path.join(target, name));
  }
  copyImages(run.root, target);
  fs.rmSync(running, { recursive: true });
  fs.rmSync(log);
  return { seconds: watched.seconds + html.seconds, peakBytes: watched.peakBytes };
}

/** The pictures that Markdown cells name, beside the notebooks that name them. */
function copyImages(root, target) {
  const images = path.join(root, "notebooks", "images");
  if (fs.existsSync(images)) fs.cpSync(images, path.join(target, "images"), { recursive: true });
}

/** Numbers the code cells in the order in which they ran: nbconvert leaves that out with this kernel. */
function numberCells(file) {
  const notebook = JSON.parse(fs.readFileSync(file, "utf8"));
  const code = notebook.cells.filter((cell) => cell.cell_type === "code");
  code.forEach((cell, i) => (cell.execution_count = i + 1));
  fs.writeFileSync(file, JSON.stringify(notebook, null, 1) + "\n");
}

/** Jupyter with its folders inside the project, and quiet TensorFlow. */
export function jupyterEnv({ root, env }) {
  const venv = path.join(root, "environment", "venv");
  const cache = path.join(root, "environment", ".cache", "jupyter");
  return {
    ...env,
    // The kernel's command looks for `node` on the PATH: it is to be the one that runs this.
    PATH: [path.join(venv, "bin"), path.dirname(process.execPath), env.PATH].join(path.delimiter),
    JUPYTER_PATH: path.join(venv, "share", "jupyter"),
    JUPYTER_CONFIG_DIR: path.join(cache, "config"),
    JUPYTER_DATA_DIR: path.join(cache, "data"),
    JUPYTER_RUNTIME_DIR: path.join(cache, "runtime"),
    IPYTHONDIR: path.join(cache, "ipython"),
    TF_CPP_MIN_LOG_LEVEL: "2",
    MRL_ROOT: root,
  };
}

function convert(run, env, args, log) {
  const python = path.join(run.root, "environment", "venv", "bin", "python");
  let child;
  const onStart = (started) => (child = started);
  const options = { cwd: path.join(run.root, "notebooks"), env, log, onStart };
  const done = runCommand(python, ["-m", "jupyter", "nbconvert", ...args], options);
  return { done, child };
}

async function watch({ done, child }, progressFile, onTick, signal) {
  let peakBytes = 0;
  const tick = () => {
    const tree = child.pid ? listTree(child.pid) : [];
    const bytes = tree.reduce((sum, one) => sum + one.bytes, 0);
    peakBytes = Math.max(peakBytes, bytes);
    onTick({ progress: readProgress(progressFile), peakBytes });
  };
  // The kernel has a process group of its own: it is found as a descendant.
  const stop = () => killAll(listTree(child.pid).map((one) => one.id));
  signal.addEventListener("abort", stop, { once: true });
  const timer = setInterval(tick, 1000);
  const result = await done;
  clearInterval(timer);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  return { ...result, peakBytes };
}

/** The last line of the side file that `mrl/notebook` rewrites. */
function readProgress(file) {
  if (!fs.existsSync(file)) return undefined;
  const lines = fs.readFileSync(file, "utf8").trim().split("\n");
  try {
    return JSON.parse(lines.at(-1));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
