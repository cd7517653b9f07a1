import * as fs from "node:fs";
import * as path from "node:path";
import { createStatusLine } from "../shared/status-line.mjs";
import { hashTree } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure } from "./explain.mjs";
import { installPackages, isInstalled, pipEnv, pythonOf } from "./python.mjs";
import { readStamp, swapFolder, writeStamp } from "./stamps.mjs";

/**
 * Python's sentence-transformers with PyTorch, in an environment of its own: the peer that parity and
 * benchmark compare with. Installed when first asked for (some 6 GB), never by `npm start` or `npm test`.
 * MRL_PEER_PYTHON names an interpreter that has them already; it is taken as it is.
 * @returns {Promise<string>} its Python interpreter
 */
export async function preparePeer(context) {
  if (context.env.MRL_PEER_PYTHON) return context.env.MRL_PEER_PYTHON;
  const venv = path.join(context.cache, "peer");
  const peer = { venv, file: "environment/peer/requirements.txt", name: "peer" };
  if (!isInstalled(context, peer)) {
    await withStatus("Installing Python's sentence-transformers", (report) =>
      installPackages(context, peer, report),
    );
  }
  return pythonOf(venv);
}

/**
 * The peer with sentence-transformers' ONNX backend: a folder of packages (some 850 MB) that stands in front of
 * the peer's own when it is the `PYTHONPATH`. {@link preparePeer} first.
 * @returns {Promise<string>} the folder
 */
export async function prepareOnnxPeer(context) {
  const folder = path.join(context.cache, "peer-onnx");
  const file = "environment/peer/onnx-requirements.txt";
  const stamp = path.join(folder, ".matryoshka-search");
  const key = hashTree(context.root, [file]);
  if (readStamp(stamp) === key) return folder;
  await withStatus("Installing Python's ONNX backend", async (onLine) => {
    const fresh = `${folder}.new`;
    fs.rmSync(fresh, { recursive: true, force: true });
    const options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--target", fresh];
    const args = ["-m", "pip", "install", ...options, "-r", context.inRoot(file)];
    const log = context.log("peer-onnx");
    const python = pythonOf(path.join(context.cache, "peer"));
    const result = await runCommand(python, args, { env: pipEnv(context), log, onLine });
    if (result.code) throw explainFailure("Installing the Python packages", result, log);
    writeStamp(path.join(fresh, path.basename(stamp)), key);
    swapFolder(fresh, folder);
  });
  return folder;
}

async function withStatus(title, work) {
  const status = createStatusLine(process.stderr);
  try {
    await work((line) => status.show(`${title} · ${line.trim().slice(0, 100)}`));
  } finally {
    status.clear();
  }
}
