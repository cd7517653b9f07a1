import * as fs from "node:fs";
import * as path from "node:path";
import { hashFile, hashText, hashTree } from "../shared/hashes.mjs";

const notSettings = new Set([
  ...["MRL_PROFILE", "MRL_ROOT", "MRL_PROGRESS_FILE", "MRL_RUN_FOLDER"],
  // A limit on money and a pace change no result.
  ...["MRL_QUESTIONS_MAX_USD", "MRL_QUESTIONS_CONCURRENCY", "MRL_QUESTIONS_REQUESTS_PER_MINUTE"],
]);

/**
 * Tells which notebooks have to run: a stamp a notebook, under the work folder, keeps a hash of all it
 * depends on (its cells, the library modules it uses, the settings, the files it reads) and of the files it wrote.
 */
export function createFingerprints({ root, workDir, notebooks, env }) {
  const folder = path.join(workDir, ".stamps");
  const hashOne = createHashCache(path.join(folder, "hashes.json"));
  const stampFile = (notebook) => path.join(folder, `${notebook.name}.json`);
  const hashOutputs = (notebook) => {
    const own = notebook.writes.filter((entry) => !isWrittenLater(notebooks, notebook, entry));
    return hashTree(workDir, own, hashOne);
  };
  const inputsOf = (notebook) => {
    const reads = notebook.reads.filter((entry) => !notebook.writes.includes(entry));
    return hashText(
      [
        notebook.source,
        hashModules(path.join(root, "lib", "dist"), notebook.modules),
        listSettings(env),
        hashTree(root, ["data/sample", ...promptsOf(notebook)], hashOne),
        hashTree(workDir, reads, hashOne),
      ].join("\n"),
    );
  };
  const hasAllOutputs = (notebook) =>
    notebook.writes.every((entry) => fs.existsSync(path.join(workDir, entry)));
  return {
    inputsOf,
    isFresh(notebook) {
      if (!fs.existsSync(stampFile(notebook)) || !hasAllOutputs(notebook)) return false;
      const stamp = JSON.parse(fs.readFileSync(stampFile(notebook), "utf8"));
      return stamp.inputs === inputsOf(notebook) && stamp.outputs === hashOutputs(notebook);
    },
    /** @param inputs what `inputsOf` gave before the run */
    remember(notebook, inputs) {
      const stamp = { inputs, outputs: hashOutputs(notebook) };
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(`${stampFile(notebook)}.new`, JSON.stringify(stamp));
      fs.renameSync(`${stampFile(notebook)}.new`, stampFile(notebook));
    },
    forget: (notebook) => fs.rmSync(stampFile(notebook), { force: true }),
  };
}

/** The texts beside the code that a language model is sent. */
function promptsOf({ modules }) {
  return modules.includes("questions") ? ["lib/prompts"] : [];
}

/** A file that a later notebook rewrites says nothing about the earlier one, except that it is there. */
function isWrittenLater(notebooks, notebook, entry) {
  return notebooks.some((other) => other.id > notebook.id && other.writes.includes(entry));
}

function listSettings(env) {
  const names = Object.keys(env).filter(
    (name) => name.startsWith("MRL_") && !notSettings.has(name),
  );
  return names
    .sort()
    .map((name) => `${name}=${env[name]}`)
    .join("\n");
}

/** One hash over the compiled files of some modules and all that these require, so that work on one stage
 * does not make the others run again. */
function hashModules(dist, modules) {
  const files = new Set();
  const visit = (file) => {
    if (files.has(file) || !fs.existsSync(file)) return;
    files.add(file);
    const required = fs.readFileSync(file, "utf8").matchAll(/require\("(\.[^"]+)"\)/g);
    for (const [, name] of required) visit(path.resolve(path.dirname(file), `${name}.js`));
  };
  for (const name of modules) visit(path.join(dist, name, "index.js"));
  const lines = [...files].sort().map((file) => `${path.relative(dist, file)} ${hashFile(file)}`);
  return hashText(lines.join("\n"));
}

/** Hashes files by content, but a file of the same size and times as before only once. */
function createHashCache(file) {
  let known = {};
  if (fs.existsSync(file)) {
    try {
      known = JSON.parse(fs.readFileSync(file, "utf8"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return (entry) => {
    const { size, mtimeMs, ctimeMs, ino } = fs.statSync(entry);
    if (size < 1 << 20) return hashFile(entry);
    const look = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
    if (known[entry]?.look !== look) {
      known[entry] = { look, hash: hashFile(entry) };
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(`${file}.new`, JSON.stringify(known));
      fs.renameSync(`${file}.new`, file);
    }
    return known[entry].hash;
  };
}
