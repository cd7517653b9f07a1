import * as fs from "node:fs";
import * as path from "node:path";
import { listFiles } from "../shared/hashes.mjs";

/** Where the code cells of each notebook are put together as one module, `<name>.ts`. */
export const cellsFolder = path.join("notebooks", ".cells");

/** All notebooks below `notebooks/`, as paths. */
export function findNotebooks() {
  return listFiles("notebooks").filter(
    (file) => file.endsWith(".ipynb") && !file.includes(".ipynb_checkpoints"),
  );
}

/**
 * The code cells of a notebook as one module, as a reader runs them: from top to bottom.
 * @returns {{text: string, cells: {index: number, line: number, lines: number}[]}} which line each cell begins at, from 1
 */
export function joinCells(notebook) {
  const cells = [];
  let text = "";
  let line = 1;
  notebook.cells.forEach((cell, index) => {
    if (cell.cell_type !== "code") return;
    const source = [cell.source].flat().join("").trimEnd();
    const lines = source.split("\n").length;
    cells.push({ index, line, lines });
    text += `${source}\n\n`;
    line += lines + 1;
  });
  // Also without an import it is a module of its own.
  return { text: `${text}export {};\n`, cells };
}

/** Writes every notebook's module; modules of notebooks that are gone are removed. */
export function extractCells() {
  fs.rmSync(cellsFolder, { recursive: true, force: true });
  fs.mkdirSync(cellsFolder, { recursive: true });
  return findNotebooks().map((file) => {
    const notebook = JSON.parse(fs.readFileSync(file, "utf8"));
    const { text, cells } = joinCells(notebook);
    const module = path.join(cellsFolder, `${path.basename(file, ".ipynb")}.ts`);
    fs.writeFileSync(module, text);
    return { file, module, notebook, cells };
  });
}
