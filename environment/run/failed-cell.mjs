import { Failure } from "../shared/failure.mjs";
import { findTellingLine } from "../setup/explain.mjs";

const shownLines = 6;

/** What nbconvert says about a failed cell, in short: the notebook, the cell's first lines, its message. */
export function explainFailedCell(notebook, output, log) {
  const start = output.findIndex((line) =>
    line.includes("occurred while executing the following cell"),
  );
  const head = `Notebook ${notebook.id} (${notebook.file}) failed`;
  const rest = `The whole output: ${log}\nMend it and run the same command again: what is finished is kept.`;
  if (start < 0) return new Failure(`${head}: ${findTellingLine(output)}\n${rest}`);
  const rules = output.flatMap((line, i) => (i > start && /^-{18}$/.test(line) ? [i] : []));
  const source = output.slice(rules[0] + 1, rules[1]);
  const cell = source.slice(0, shownLines).map((line) => `  | ${line}`);
  if (source.length > shownLines) cell.push(`  | … (${source.length - shownLines} more lines)`);
  const message = readMessage(output.slice(rules[1] + 1, rules[2]));
  return new Failure([`${head} in the cell`, ...cell, ...message, rest].join("\n"));
}

/** The cell's error stream without the call stack and the excerpt of the code that threw. */
function readMessage(lines) {
  const message = [];
  let isError = false;
  for (const line of lines) {
    const [, stream] = /^----- (stdout|stderr) -----$/.exec(line) ?? [];
    if (stream) isError = stream === "stderr";
    else if (/^\s*\^+$/.test(line)) message.splice(-2);
    else if (isError && line.trim() && !/^\s+at /.test(line)) message.push(line.trimEnd());
  }
  return message.slice(-12);
}
