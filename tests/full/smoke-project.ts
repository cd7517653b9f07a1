import * as fs from "node:fs";
import * as path from "node:path";
import { makeNotebookProject } from "../environment/notebook-project";
import { projectRoot } from "../environment/run-script";

/** What the smoke run of `npm test` leaves; the long tests read it and change nothing in it. */
export const smokeDir: string = path.join(projectRoot, "data", "work", "smoke");

/** A project of its own with the nine notebooks, and copies of what the smoke run wrote under these names. */
export function makeSmokeProject(copies: readonly string[] = []): {
  root: string;
  workDir: string;
} {
  const root = makeNotebookProject();
  copyNotebooks(root);
  const workDir = path.join(root, "data", "work", "smoke");
  fs.mkdirSync(workDir, { recursive: true });
  for (const name of copies)
    fs.cpSync(path.join(smokeDir, name), path.join(workDir, name), { recursive: true });
  return { root, workDir };
}

/** Copies the nine notebooks into a project. */
export function copyNotebooks(root: string): void {
  for (const name of fs.readdirSync(path.join(projectRoot, "notebooks"))) {
    const from = path.join(projectRoot, "notebooks", name);
    if (/^\d\d-.*\.ipynb$/.test(name)) fs.copyFileSync(from, path.join(root, "notebooks", name));
  }
}

/** The files below some entries of a folder, by their path in it, sorted; what is missing has none. */
export function listFilesOf(folder: string, entries: readonly string[]): string[] {
  return entries
    .filter((entry) => fs.existsSync(path.join(folder, entry)))
    .flatMap((entry) => {
      if (fs.statSync(path.join(folder, entry)).isFile()) return [entry];
      const inside = fs.readdirSync(path.join(folder, entry), { recursive: true }) as string[];
      return inside.map((name) => path.join(entry, name));
    })
    .filter((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile())
    .sort();
}
