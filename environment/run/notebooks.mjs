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

/** Of all notebooks those that `--only 06,07` names; all of them where it is not given. */
export function chooseNotebooks(notebooks, only) {
  if (only === undefined) return notebooks;
  const wanted = only.split(",").map((part) => part.trim().padStart(2, "0"));
  const ids = notebooks.map((notebook) => notebook.id);
  const unknown = wanted.find((id) => !ids.includes(id));
  if (unknown)
    throw new Failure(`--only: there is no notebook ${unknown}; there are ${ids.join(", ")}.`);
  return notebooks.filter((notebook) => wanted.includes(notebook.id));
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
