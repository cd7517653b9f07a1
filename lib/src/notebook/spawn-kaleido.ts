import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { findRoot } from "../common/index";

/** What to do when figures cannot be drawn. */
export const wayOut: string = "run `npm run setup`, which installs what draws them";

/**
 * Starts kaleido with our plotly.js. Its own wrapper script breaks on a path with a space, so this does its work.
 * @throws Error saying what to do when the set-up has not installed it
 */
export function spawnKaleido(): ChildProcess {
  const folder = findKaleido();
  const plotly = pathToFileURL(require.resolve("plotly.js-dist")).href;
  return spawn(
    path.join(folder, "bin", "kaleido"),
    ["plotly", "--no-sandbox", "--disable-gpu", `--plotlyjs=${plotly}`],
    {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TMPDIR: process.env.TMPDIR,
        LD_LIBRARY_PATH: path.join(folder, "lib"),
        FONTCONFIG_PATH: path.join(folder, "etc", "fonts"),
        XDG_DATA_HOME: path.join(folder, "xdg"),
      },
    },
  );
}

function findKaleido(): string {
  const lib = path.join(findRoot(), "environment", "venv", "lib");
  const pythons = fs.existsSync(lib) ? fs.readdirSync(lib) : [];
  const folders = pythons.map((name) =>
    path.join(lib, name, "site-packages", "kaleido", "executable"),
  );
  const found = folders.find((folder) => fs.existsSync(path.join(folder, "bin", "kaleido")));
  if (found) return found;
  throw new Error(`Figures cannot be drawn as PNG: no kaleido below ${lib}; ${wayOut}`);
}
