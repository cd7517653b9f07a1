import * as fs from "node:fs";
import * as path from "node:path";

/** A notebook as nbformat 4 stores it, the parts that tests look at. */
export interface Notebook {
  cells: Cell[];
}

export interface Cell {
  cell_type: "code" | "markdown";
  source: string | string[];
  execution_count?: number | null;
  outputs?: Output[];
}

export interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
}

const root = process.cwd();

/** Where the notebooks of the repository lie, and those that the smoke run has executed. */
export const folders = {
  tracked: path.join(root, "notebooks"),
  extra: path.join(root, "notebooks", "extra"),
  smoke: path.join(root, "data", "work", "smoke", "notebooks"),
};

/** The notebooks of a folder, by name; none where there is no such folder. */
export function listNotebooks(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  return names.sort().map((name) => path.join(folder, name));
}

export function readNotebook(file: string): Notebook {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Notebook;
}

/** A cell's source, or an output's text, which may be stored line by line. */
export function join(lines: string | string[] | undefined): string {
  return [lines ?? []].flat().join("");
}

export function codeOf({ cells }: Notebook): Cell[] {
  return cells.filter((cell) => cell.cell_type === "code");
}
