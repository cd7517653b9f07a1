import * as fs from "node:fs";
import * as path from "node:path";
import { hashFile, hashText } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure } from "./explain.mjs";
import { readStamp, swapFolder, writeStamp } from "./stamps.mjs";

const manifests = ["package.json", "lib/package.json", "environment/tfjs-node/package.json"];
const inputs = [...manifests, "package-lock.json"];

/** Step: the npm packages. They are installed beside and then swapped in: a failure leaves the old ones. */
export const packagesStep = {
  name: "packages",
  title: "npm packages",
  needBytes: 1.2e9,
  isFresh: (context) => readStamp(stampFile(context)) === stampKey(context),
  async run(context, report) {
    const key = stampKey(context);
    const staging = path.join(context.cache, "npm");
    fs.rmSync(staging, { recursive: true, force: true });
    for (const file of inputs) {
      fs.mkdirSync(path.dirname(path.join(staging, file)), { recursive: true });
      fs.copyFileSync(context.inRoot(file), path.join(staging, file));
    }
    const log = context.log("npm");
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    const options = {
      cwd: staging,
      env: context.env,
      log,
      onLine: (line) => line.startsWith("npm warn") || report(line.trim()),
    };
    const result = await runCommand("npm", args, options);
    if (result.code) throw explainFailure("Installing the npm packages", result, log);
    for (const folder of ["node_modules", "lib/node_modules"]) {
      const fresh = path.join(staging, folder);
      if (fs.existsSync(fresh)) swapFolder(fresh, context.inRoot(folder));
      else fs.rmSync(context.inRoot(folder), { recursive: true, force: true });
    }
    fs.rmSync(staging, { recursive: true, force: true });
    writeStamp(stampFile(context), key);
  },
};

function stampFile(context) {
  return context.inRoot("node_modules", ".matryoshka-search");
}

/** Only what npm installs by: a changed script or description is no reason to install anew. */
function stampKey(context) {
  const parts = manifests.map((file) => {
    const content = JSON.parse(fs.readFileSync(context.inRoot(file), "utf8"));
    const { version, workspaces, dependencies, devDependencies, overrides } = content;
    return JSON.stringify([version, workspaces, dependencies, devDependencies, overrides]);
  });
  return hashText([...parts, hashFile(context.inRoot("package-lock.json"))].join("\n"));
}
