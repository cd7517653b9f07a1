// Imported before everything else: this file keeps to a syntax that any Node with modules can read.

/** Ends the process with one line where Node is too old or too new. */
export function checkNode() {
  const version = process.versions.node;
  const [major, minor] = version.split(".").map(Number);
  const problem =
    major < 20 || (major === 20 && minor < 19) ? "too old" : major >= 23 ? "too new" : "";
  if (!problem) return;
  console.error(
    `Node ${version} is ${problem}: install Node 22 (or any version from 20.19 to below 23) and run this again.`,
  );
  process.exit(1);
}
