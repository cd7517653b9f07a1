import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import ts from "typescript";
import { runMain } from "../shared/failure.mjs";
import { readOptions } from "../shared/options.mjs";
import { extractCells } from "./cells.mjs";

const project = path.join(import.meta.dirname, "..", "..");

/**
 * The command: a line for each cell that is not as it should be; `--fix` formats the cells first. `--root` is for
 * tests: it checks the notebooks of another folder.
 */
export function main(args) {
  return runMain(async () => {
    const { fix, root } = readOptions(args, { fix: true, root: "value" });
    process.chdir(root ?? project);
    const style = await prettier.resolveConfig(path.join("notebooks", "cell.ts"));
    const badly = await checkFormat(extractCells(), { ...style, parser: "typescript" }, fix);
    // Once more: what was just formatted has other lines.
    const problems = [...badly, ...checkTypes(extractCells())];
    problems.forEach((line) => console.error(line));
    return problems.length > 0 ? 1 : 0;
  });
}

async function checkFormat(notebooks, style, fix) {
  const problems = [];
  for (const { file, notebook, cells } of notebooks) {
    let changed = false;
    for (const { index } of cells) {
      const cell = notebook.cells[index];
      const source = [cell.source].flat().join("");
      const formatted = (await prettier.format(source, style)).trimEnd();
      if (formatted === source) continue;
      changed = true;
      cell.source = formatted.split(/(?<=\n)/);
      if (!fix) problems.push(`${file}, cell ${index}: not formatted; npm run fix`);
    }
    if (changed && fix) writeNotebook(file, notebook);
  }
  return problems;
}

function writeNotebook(file, notebook) {
  fs.writeFileSync(`${file}.new`, JSON.stringify(notebook, null, 1) + "\n");
  fs.renameSync(`${file}.new`, file);
}

/** What the strict compiler says about each notebook, by cell and line. */
function checkTypes(notebooks) {
  const file = path.join("environment", "cells.tsconfig.json");
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path.dirname(file));
  const program = ts.createProgram(
    notebooks.map(({ module }) => module),
    options,
  );
  return notebooks.flatMap((notebook) => {
    const source = program.getSourceFile(notebook.module);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map((diagnostic) => describe(notebook, source, diagnostic));
  });
}

function describe({ file, cells }, source, { start, messageText }) {
  const line = source.getLineAndCharacterOfPosition(start).line + 1;
  const cell = cells.findLast((one) => one.line <= line);
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  return `${file}, cell ${cell.index}, line ${line - cell.line + 1}: ${text}`;
}
