import * as path from "node:path";
import { createStatusLine } from "../shared/status-line.mjs";
import { installPackages, isInstalled, pythonOf } from "./python.mjs";

/**
 * Python's sentence-transformers with PyTorch, in an environment of its own: the peer that parity and
 * benchmark compare with. Installed when first asked for (some 6 GB), never by `npm start` or `npm test`.
 * @returns {Promise<string>} its Python interpreter
 */
export async function preparePeer(context) {
  const venv = path.join(context.cache, "peer");
  const peer = { venv, file: "environment/peer/requirements.txt", name: "peer" };
  if (!isInstalled(context, peer)) {
    const status = createStatusLine(process.stderr);
    const show = (text) => status.show(`Installing Python's sentence-transformers · ${text}`);
    await installPackages(context, peer, (line) => show(line.slice(0, 100)));
    status.clear();
  }
  return pythonOf(venv);
}
