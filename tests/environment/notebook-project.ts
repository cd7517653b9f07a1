import * as fs from "node:fs";
import * as path from "node:path";
import { makeFolder, projectRoot } from "./run-script";

/** A project folder with its own notebooks and work folder; the rest are links into this one. */
export function makeNotebookProject(): string {
  const root = makeFolder();
  fs.copyFileSync(path.join(projectRoot, "package.json"), path.join(root, "package.json"));
  fs.mkdirSync(path.join(root, "data"));
  for (const name of ["environment", "node_modules", "lib", "data/sample"]) {
    fs.symlinkSync(path.join(projectRoot, name), path.join(root, name));
  }
  fs.mkdirSync(path.join(root, "notebooks"));
  return root;
}

/** Writes a notebook of code cells. */
export function writeNotebook(
  root: string,
  name: string,
  cells: string[],
  mrl: { reads: string[]; writes: string[]; spends?: boolean } = { reads: [], writes: [] },
): void {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
      mrl,
    },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  };
  fs.writeFileSync(path.join(root, "notebooks", `${name}.ipynb`), JSON.stringify(notebook));
}
