import * as fs from "node:fs";
import * as path from "node:path";
import { Failure } from "../shared/failure.mjs";
import { hashText } from "../shared/hashes.mjs";

/**
 * The numbered notebooks in reading order. What one reads and writes stands in its metadata, `mrl`: names
 * below the work folder; and with `spends` that it may spend money.
 * @returns {{id: string, name: string, file: string, title: string, source: string, reads: string[],
 *   writes: string[], spends: boolean, modules: string[]}[]} `source` is a hash over the cells, without their outputs
 */
export function listNotebooks(root) {
  const folder = path.join(root, "notebooks");
  const names = fs.readdirSync(folder).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
  if (names.length === 0) throw new Failure(`${folder} holds no notebook; restore it with git.`);
  return names.sort().map((name) => readNotebook(path.join(folder, name)));
}

/** The notebooks of `notebooks/extra`, which only `--only` runs; their ids are `extra/<name>`. */
export function listExtras(root) {
  const folder = path.join(root, "notebooks", "extra");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return names
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => readNotebook(path.join(folder, name)))
    .map((notebook) => ({ ...notebook, id: `extra/${notebook.name}` }));
}

/** Where a notebook goes with its outputs: `notebooks` in the work folder, extra ones into a folder there. */
export function outputFolder(workDir, notebook) {
  return path.join(workDir, "notebooks", path.dirname(notebook.id));
}

/** Parses one notebook file. */
export function readNotebook(file) {
  const name = path.basename(file, ".ipynb");
  const notebook = parse(file);
  const sources = notebook.cells.map((cell) => [cell.cell_type, joinLines(cell.source)]);
  const code = sources.filter(([type]) => type === "code").map(([, source]) => source);
  const title = /^#\s+(.*)$/m.exec(sources[0]?.[1] ?? "")?.[1] ?? name;
  const { reads = [], writes = [], spends = false } = notebook.metadata?.mrl ?? {};
  const imports = code.join("\n").matchAll(/from\s+"mrl\/(\w+)"/g);
  return {
    ...{ id: name.slice(0, 2), name, file, title: title.replaceAll("·", "").replace(/\s+/g, " ") },
    ...{ source: hashText(JSON.stringify(sources)), reads, writes, spends },
    modules: [...new Set([...imports].map((match) => match[1]))].sort(),
  };
}

/**
 * Of all notebooks those that `--only 06,extra/small-vectors` names (`extra`: all of that folder); the numbered
 * ones where it is not given.
 */
export function chooseNotebooks(notebooks, extras, only) {
  if (only === undefined) return notebooks;
  const all = [...notebooks, ...extras];
  const parts = only.split(",").map((part) => part.trim());
  const wanted = parts.flatMap((part) =>
    part === "extra" ? extras.map(({ id }) => id) : part.padStart(2, "0"),
  );
  const ids = all.map((notebook) => notebook.id);
  const unknown = wanted.find((id) => !ids.includes(id));
  if (unknown)
    throw new Failure(`--only: there is no notebook ${unknown}; there are ${ids.join(", ")}.`);
  return all.filter((notebook) => wanted.includes(notebook.id));
}

/** A cell's source as one text. */
export function joinLines(source) {
  return Array.isArray(source) ? source.join("") : source;
}

function parse(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure(`${file} is not a notebook (${error.message}); restore it with git.`);
  }
}
