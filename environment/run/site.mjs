import * as fs from "node:fs";
import * as path from "node:path";
import { Failure, runMain } from "../shared/failure.mjs";
import { profileNames, readOptions } from "../shared/options.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { createStatusLine, formatBytes } from "../shared/status-line.mjs";
import { listFiles } from "../shared/hashes.mjs";
import { explainFailure } from "../setup/explain.mjs";
import { createContext } from "../setup/context.mjs";
import { setUp } from "../setup/main.mjs";
import { swapFolder } from "../setup/stamps.mjs";
import { jupyterEnv } from "./execute.mjs";
import { listNotebooks } from "./notebooks.mjs";
import { findExtraNotebooks, linkPages } from "./site-pages.mjs";

const help = `Writes the notebooks, with the outputs that are stored in them, as a site that works offline.
  --profile smoke|sample|seed   the outputs of that profile's last run instead of the stored ones
  --output <folder>             where to (default: data/site)`;
const project = path.join(import.meta.dirname, "..", "..");

/** The command behind `npm run site`. */
export function main(args) {
  return runMain(async () => {
    const options = readOptions(args, { help: true, profile: "value", output: "value" });
    if (options.help) return void console.log(help);
    if (options.profile && !profileNames.includes(options.profile))
      throw new Failure(`There is no profile "${options.profile}"; there are ${profileNames}.`);
    await setUp({ profile: "smoke" });
    const target = path.resolve(options.output ?? path.join(project, "data", "site"));
    checkTarget(target);
    await writeSite(findNotebooks(options.profile), target);
    const bytes = listFiles(target).reduce((sum, file) => sum + fs.statSync(file).size, 0);
    console.log(`${path.join(target, "index.html")} · ${formatBytes(bytes)} in all`);
  });
}

/** What was there is replaced whole: that must not be somebody's other files. */
function checkTarget(target) {
  const isSite = fs.existsSync(path.join(target, "assets", "figures.js"));
  if (!fs.existsSync(target) || fs.readdirSync(target).length === 0 || isSite) return;
  throw new Failure(`--output ${target} holds other files; name a new or an empty folder.`);
}

/** The notebooks in reading order: as stored, or as a profile's last run has left them; extra ones need none. */
function findNotebooks(profile) {
  const [numbered, extra] = [listNotebooks(project), findExtraNotebooks(project)];
  if (!profile) return [...numbered, ...extra];
  const folder = path.join(project, "data", "work", profile, "notebooks");
  const inRun = (one, ...place) => ({
    ...one,
    file: path.join(folder, ...place, `${one.name}.ipynb`),
  });
  const isThere = ({ file }) => fs.existsSync(file);
  const found = numbered.map((one) => inRun(one)).filter(isThere);
  const others = extra.map((one) => [inRun(one, "extra"), one].find(isThere));
  if (found.length > 0) return [...found, ...others];
  throw new Failure(`${folder} holds no notebook: npm start -- --profile ${profile} writes them.`);
}

async function writeSite(notebooks, target) {
  const fresh = `${target}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(path.join(fresh, "assets"), { recursive: true });
  const status = createStatusLine();
  status.show(`Rendering ${notebooks.length} notebooks`);
  await convert(notebooks, fresh);
  copyAssets(path.join(fresh, "assets"));
  const images = path.join(project, "notebooks", "images");
  if (fs.existsSync(images)) fs.cpSync(images, path.join(fresh, "images"), { recursive: true });
  linkPages(notebooks, fresh);
  swapFolder(fresh, target);
  status.clear();
}

async function convert(notebooks, folder) {
  const context = createContext(project, "smoke");
  const log = context.log("site");
  const template = [
    "--template",
    "template",
    `--TemplateExporter.extra_template_basedirs=${path.join(project, "environment", "site")}`,
  ];
  const files = notebooks.map(({ file }) => file);
  const args = ["-m", "jupyter", "nbconvert", "--to", "html", ...template, "--output-dir", folder];
  const env = jupyterEnv({ root: project, env: process.env });
  const result = await runCommand(context.python, [...args, ...files], { env, log });
  if (result.code) throw explainFailure("Rendering the notebooks", result, log);
}

/** Our own files, the style of JupyterLab from nbconvert, and plotly from its Python package. */
function copyAssets(folder) {
  fs.cpSync(path.join(project, "environment", "site", "assets"), folder, { recursive: true });
  const venv = path.join(project, "environment", "venv");
  const styles = path.join(venv, "share", "jupyter", "nbconvert", "templates", "lab", "static");
  const css = ["index.css", "theme-light.css"].map((name) =>
    fs.readFileSync(path.join(styles, name)),
  );
  fs.writeFileSync(path.join(folder, "jupyterlab.css"), Buffer.concat(css));
  const [python] = fs
    .readdirSync(path.join(venv, "lib"))
    .filter((name) => name.startsWith("python3"));
  const plotly = path.join(venv, "lib", python, "site-packages", "plotly", "package_data");
  fs.copyFileSync(path.join(plotly, "plotly.min.js"), path.join(folder, "plotly.min.js"));
}
