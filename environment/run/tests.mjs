import * as fs from "node:fs";
import * as path from "node:path";
import { spawnSync } from "node:child_process";
import { Failure, runMain } from "../shared/failure.mjs";
import { listFiles } from "../shared/hashes.mjs";
import { readOptions } from "../shared/options.mjs";
import { formatSeconds } from "../shared/status-line.mjs";
import { prepareChromium } from "../setup/chromium.mjs";
import { createContext } from "../setup/context.mjs";
import { setUp } from "../setup/main.mjs";
import { prepareOnnxPeer, preparePeer } from "../setup/peer.mjs";

const node = process.execPath;
const build = path.join("tests", ".build");
const typescript = ["node_modules/typescript/bin/tsc", "-p", "tests", "--pretty", "false"];
const checkedFiles = ["lib/src", "tests", "environment/**/*.mjs", "*.mjs"];

/** The command behind `npm test` and `npm run test:full`; its last line counts what passed and failed. */
export function main(args) {
  return runMain(async () => {
    const { full } = readOptions(args, { full: true });
    const root = path.join(import.meta.dirname, "..", "..");
    // Building the library is also its type check.
    await setUp({ profile: "smoke" });
    process.chdir(root);
    const tally = { passed: 0, failed: 0 };
    const started = Date.now();
    if (full) await runFull(tally, root);
    else runQuick(tally);
    console.log(`\nFinished in ${formatSeconds((Date.now() - started) / 1000)}`);
    console.log(`${tally.passed} passed, ${tally.failed} failed`);
    return tally.failed > 0 ? 1 : 0;
  });
}

function runQuick(tally) {
  const typed = runCheck(tally, "Types of the tests", typescript);
  runCheck(tally, "Cells of the notebooks", ["environment/check-cells.mjs"]);
  const places = ["lib/src", "tests", "environment", "notebooks/.cells", "*.mjs"];
  const lint = ["node_modules/eslint/bin/eslint.js", ...places];
  runCheck(tally, "Lint", lint);
  const format = ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn"];
  runCheck(tally, "Format", [...format, ...checkedFiles]);
  if (!typed) return;
  runTests(tally, "Unit tests", (folder) => folder !== "full" && folder !== "notebooks");
  const notebooks = ["environment/run-notebooks.mjs", "--profile", "smoke", "--fresh"];
  const ran = runCheck(tally, "All notebooks in the smoke profile", notebooks);
  if (ran) runTests(tally, "What the notebooks wrote", (folder) => folder === "notebooks");
}

async function runFull(tally, root) {
  // Python's sentence-transformers, which some of the long tests run.
  const context = createContext(root, "smoke");
  await preparePeer(context);
  await prepareOnnxPeer(context);
  const problem = prepareChromium();
  if (problem) console.log(problem);
  if (!runCheck(tally, "Types of the tests", typescript)) return;
  runTests(tally, "Long tests", (folder) => folder === "full");
}

/** Runs a script; it counts as one. */
function runCheck(tally, title, args) {
  const started = Date.now();
  console.log(`\n── ${title}`);
  const { status } = spawnSync(node, args, { stdio: "inherit", env: testEnv() });
  const seconds = formatSeconds((Date.now() - started) / 1000);
  console.log(status === 0 ? `✔ ${title} (${seconds})` : `✖ ${title} failed (${seconds})`);
  if (status === 0) tally.passed++;
  else tally.failed++;
  return status === 0;
}

/** Runs the test files of some folders, two at a time: each loads TensorFlow, which uses every core. */
function runTests(tally, title, chooses) {
  console.log(`\n── ${title}`);
  const files = listTests(chooses);
  if (files.length === 0) throw new Failure(`${title}: there is no test file; restore tests/.`);
  const counts = path.join(build, "counts.tap");
  const reporters = [
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...["--test-reporter=tap", `--test-reporter-destination=${counts}`],
  ];
  const limits = ["--test-concurrency=2", "--test-timeout=1200000"];
  fs.rmSync(counts, { force: true });
  const args = ["--test", ...limits, ...reporters, ...files];
  const { status } = spawnSync(node, args, { stdio: "inherit", env: testEnv() });
  const report = fs.existsSync(counts) ? fs.readFileSync(counts, "utf8") : "";
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(report)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  tally.passed += count("pass");
  // A runner that ends badly without counting a failure has failed itself.
  tally.failed += status !== 0 && failed === 0 ? 1 : failed;
}

/** The compiled test files that still have a source. */
function listTests(chooses) {
  return listFiles("tests")
    .map((file) => path.relative("tests", file))
    .filter((file) => file.endsWith(".test.ts") && chooses(file.split(path.sep)[0]))
    .map((file) => path.join(build, file.replace(/ts$/, "js")));
}

/** With keys that no service knows: nothing that the tests and the notebooks write may hold them. */
function testEnv() {
  const planted = { OPENAI_API_KEY: "sk-planted-by-npm-test", HF_TOKEN: "hf_planted_by_npm_test" };
  return { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, ...planted };
}
