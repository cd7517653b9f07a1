import { createInterface } from "node:readline/promises";

/** Asks on the terminal; no where there is none. @returns {Promise<boolean>} */
export async function confirm(question) {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
