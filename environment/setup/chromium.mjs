import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

/** Where Debian and Ubuntu keep the browser. */
const program = "/usr/bin/chromium";

/**
 * Installs Chromium for the tests that need a browser, where that is possible without asking.
 * @returns {string} what to tell: nothing where it is there, or why there is none and what to do
 */
export function prepareChromium() {
  if (fs.existsSync(program)) return "";
  const apt = (...args) => spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] });
  const skipped = "the tests in a browser are skipped";
  if (apt("--version").error) return `There is no Chromium and no apt to get it: ${skipped}.`;
  if (process.getuid?.() !== 0)
    return `There is no Chromium: ${skipped}. To run them: sudo apt install chromium`;
  console.log("Installing Chromium with apt");
  apt("update", "--quiet");
  apt("install", "--yes", "--quiet", "--no-install-recommends", "chromium");
  if (fs.existsSync(program)) return "";
  return `Chromium could not be installed with apt: ${skipped}. To run them: apt install chromium`;
}
