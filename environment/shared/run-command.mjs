import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Runs a command; its output goes to a log file, line by line to `onLine`, and its end is returned.
 * @param options cwd, env (whole), log (file, overwritten), onLine(line), onStart(child)
 * @returns {Promise<{code: number, output: string[], seconds: number}>} exit code (127: no such command,
 *   128: ended by a signal) and the last 400 lines
 */
export function runCommand(command, args, options = {}) {
  const { cwd, env, log, onLine, onStart } = options;
  const started = Date.now();
  const output = [];
  const logFile = log ? openLog(log, [command, ...args]) : undefined;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const take = (line) => {
      output.push(line);
      if (output.length > 400) output.shift();
      onLine?.(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (logFile !== undefined) stream.on("data", (data) => fs.writeSync(logFile, data));
      splitLines(stream, take);
    }
    const finish = (code) => {
      if (logFile !== undefined) fs.closeSync(logFile);
      resolve({ code, output, seconds: (Date.now() - started) / 1000 });
    };
    child.once("error", (error) => {
      output.push(String(error.message));
      finish(127);
    });
    child.once("close", (code) => child.pid && finish(code ?? 128));
    onStart?.(child);
  });
}

function openLog(file, command) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const handle = fs.openSync(file, "w");
  fs.writeSync(handle, `$ ${command.join(" ")}\n`);
  return handle;
}

function splitLines(stream, take) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop();
    lines.forEach(take);
  });
  stream.on("end", () => rest && take(rest));
}
