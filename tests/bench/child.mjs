import { spawn } from "node:child_process";
import * as readline from "node:readline";

/**
 * A side of the benchmark as a process that waits between its rounds, so that two can take turns. It answers each
 * line on its stdin by one line of JSON: `go` does the next round, `limit` measures the machine, anything else ends it.
 */
export async function startSide(command, args, env = process.env) {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data) => (errors = (errors + data).slice(-4000)));
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return null;
      if (value.startsWith("{")) return JSON.parse(value);
    }
  };
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    return next();
  };
  const ready = await next();
  return {
    ready,
    ask,
    /** What the process wrote to stderr last, to say why it gave no answer. */
    errors: () => errors,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end("end\n");
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
