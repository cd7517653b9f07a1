import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Locator, Page } from "playwright-core";
import { readJson } from "mrl/common";
import { startLab } from "../../environment/start-lab";

/** A running JupyterLab. */
export interface Lab {
  /** `http://127.0.0.1:<port>/`. */
  origin: string;
  /** The address of one of the project's notebooks, in a workspace of its own. */
  addressOf(name: string): string;
  close(): Promise<void>;
}

/** `npm run lab` on a project, at smoke size. */
export async function openLab(project: string): Promise<Lab> {
  const more = ["--ServerApp.port_retries=0"];
  more.push("--LabApp.expose_app_in_browser=True"); // says when a kernel is ready
  const env = { ...process.env, MRL_PROFILE: "smoke" };
  const { port, token, close } = await startLab(project, more, env);
  const origin = `http://127.0.0.1:${port}/`;
  const inLab = (name: string): string => `lab/workspaces/${name}/tree/notebooks/${name}.ipynb`;
  return { origin, addressOf: (name) => `${origin}${inLab(name)}?token=${token}`, close };
}

/** What a page says once the kernel of its notebook answers; the list of files makes way for the notebook. */
const waitForKernel = `(async () => {
  const { restored, shell } = window.jupyterapp;
  await restored;
  const { sessionContext } = shell.currentWidget;
  await sessionContext.ready;
  const { implementation } = await sessionContext.session.kernel.info;
  shell.collapseLeft();
  return implementation;
})()`;

/** A notebook as a reader works with it: one cell is active, keys go there. */
export class NotebookPage {
  /** The active cell. */
  readonly active: Locator;
  /** What the active cell wrote on stderr. */
  readonly stderr: Locator;

  constructor(readonly page: Page) {
    this.active = page.locator(".jp-NotebookPanel .jp-Cell.jp-mod-active");
    this.stderr = this.active.locator('[data-mime-type="application/vnd.jupyter.stderr"]');
  }

  /** Opens the notebook, with its first cell active, and waits for our kernel. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.page.locator(".jp-NotebookPanel .jp-Cell").first().click();
    assert.equal(await this.page.evaluate(waitForKernel), "tslab");
    await this.page.keyboard.press("Escape");
  }

  /** Makes a cell the active one, by its place in the notebook. */
  async select(place: number): Promise<void> {
    await this.page.evaluate(`(() => {
      const { content } = window.jupyterapp.shell.currentWidget;
      content.activeCellIndex = ${place};
      return content.scrollToItem(${place}, "start");
    })()`);
  }

  /** Makes a cell below the active one the active one. */
  async goDown(cells = 1): Promise<void> {
    for (let i = 0; i < cells; i++) await this.page.keyboard.press("ArrowDown");
  }

  /** Starts the active cell; says whether it is code. */
  async startCell(): Promise<boolean> {
    await this.page.keyboard.press("Control+Enter");
    return (await this.active.getAttribute("class"))!.includes("jp-CodeCell");
  }

  /** Waits until the active cell, which had no number, has one. */
  async waitForEnd(): Promise<void> {
    await this.active.locator(".jp-InputPrompt", { hasText: /\[\d+\]/ }).waitFor();
  }

  /** Runs the active cell to its end and checks that it wrote nothing on stderr. */
  async runCell(): Promise<void> {
    if (!(await this.startCell())) return;
    await this.waitForEnd();
    assert.deepEqual(await this.stderr.allTextContents(), []);
  }
}

/** Copies one of our notebooks into the project; gives the sources of its cells. */
export function copyNotebook(project: string, name: string, keepsOutputs: boolean): string[] {
  const file = path.join("notebooks", `${name}.ipynb`);
  const notebook = readJson<{ cells: Cell[] }>(file);
  for (const cell of notebook.cells)
    if (cell.cell_type === "code" && !keepsOutputs)
      Object.assign(cell, { outputs: [], execution_count: null });
  fs.writeFileSync(path.join(project, file), JSON.stringify(notebook));
  return notebook.cells.map(({ source }) => [source].flat().join(""));
}

interface Cell {
  cell_type: string;
  source: string | string[];
}
