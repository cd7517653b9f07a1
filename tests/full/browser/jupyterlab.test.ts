import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { readJsonLines } from "mrl/common";
import type { TrainingEvent } from "mrl/training";
import { makeNotebookProject, writeNotebook } from "../../environment/notebook-project";
import { smokeDir } from "../smoke-project";
import { keepPicture, noBrowser, openBrowser, openPage } from "./open-browser";
import { NotebookPage, copyNotebook, openLab, type Lab } from "./open-lab";

// Needs the files that the smoke run of `npm test` leaves. Takes some two minutes.
const [crawl, train, use] = ["01-crawl-the-docs", "06-train-matryoshka", "08-use-the-model"];

describe("a reader in JupyterLab", { skip: noBrowser }, () => {
  // Not in `before`: what that makes is removed when it ends.
  const project = makeNotebookProject();
  const workDir = path.join(project, "data", "work", "smoke");
  let lab: Lab;
  let browser: Browser;

  before(async () => {
    for (const entry of ["base", "dataset", "chunks.jsonl", "site"])
      fs.cpSync(path.join(smokeDir, entry), path.join(workDir, entry), { recursive: true });
    [lab, browser] = await Promise.all([openLab(project), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await lab?.close();
  });

  /** A notebook in a page of its own; `close` checks that the page has kept to this machine. */
  async function open(name: string): Promise<{ notebook: NotebookPage; close(): Promise<void> }> {
    const { page, strayed } = await openPage(browser, lab.origin);
    const notebook = new NotebookPage(page);
    await notebook.open(lab.addressOf(name));
    const close = async (): Promise<void> => {
      assert.deepEqual(strayed, []);
      await page.close();
    };
    return { notebook, close };
  }

  it("opens a notebook with its stored outputs, and their figures answer to the mouse", async () => {
    const cells = copyNotebook(project, use, true);
    const { notebook, close } = await open(use);
    await notebook.select(cells.findIndex((source) => source.includes("drawMap(vectors")));
    assert.match(await hoverFigure(notebook), /\.html$/);
    await keepPicture(notebook.page, "jupyterlab-figure");
    await close();
  });

  it("runs a notebook cell by cell and gets figures that answer to the mouse", async () => {
    const cells = copyNotebook(project, crawl, false);
    const { notebook, close } = await open(crawl);
    let figures = 0;
    for (const source of cells) {
      await notebook.runCell();
      if (source.includes("await showPlot(")) {
        assert.match(await hoverFigure(notebook), /\w/);
        figures++;
      }
      await notebook.goDown();
    }
    assert.equal(figures, 2);
    assert.ok(fs.existsSync(path.join(workDir, "pages", "manifest.json")));
    await close();
  });

  it("completes names of mrl and shows their types; a type error stands below its cell", async () => {
    const imports = [
      `import { loadSettings } from "mrl/common";`,
      `import { loadModel } from "mrl/encoder";`,
    ];
    writeNotebook(project, "scratch", [imports.join("\n"), "", ""]);
    const { notebook, close } = await open("scratch");
    const { page } = notebook;
    await notebook.runCell();
    await notebook.goDown();
    await page.keyboard.press("Enter");
    await page.keyboard.type("const open = load");
    await page.keyboard.press("Tab");
    // Two names fit, so the list stays open.
    await page.locator(".jp-Completer-item", { hasText: "loadModel" }).first().click();
    await notebook.active.getByText("const open = loadModel").waitFor();
    await page.keyboard.press("Shift+Tab");
    const types = page.locator(".jp-Tooltip", { hasText: "Promise<SentenceEncoder>" });
    assert.match(await types.innerText(), /loadModel\(folder: string, options\?: LoadOptions\)/);
    await page.keyboard.press("Escape");
    await types.waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    await notebook.goDown();
    await page.keyboard.press("Enter");
    await page.keyboard.type('const dim: number = "many";');
    await notebook.startCell();
    const error = /Type 'string' is not assignable to type 'number'/;
    assert.match(await notebook.stderr.innerText(), error);
    await close();
  });

  it("sees training move, interrupts it, and goes on from where it was saved", async () => {
    const cells = copyNotebook(project, train, false);
    const { notebook, close } = await open(train);
    const { active, page } = notebook;
    const training = cells.findIndex((source) => source.includes("fineTune(model"));
    for (let i = 0; i < training; i++) {
      await notebook.runCell();
      await notebook.goDown();
    }
    await notebook.select(training); // to the top of the page, so that its line is in the picture
    await notebook.startCell();
    const line = active.locator(".jp-OutputArea-output pre");
    const moving = line.getByText(/Training .* [1-5] of 6 updates · .* left · loss/);
    const first = await moving.innerText();
    await moving.filter({ hasNotText: first }).waitFor();
    await keepPicture(page, "jupyterlab-training");
    await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
    const stopped = line.getByText(/stopped after update \d of 6 and saved; run this cell again/);
    const update = /update (\d)/.exec(await stopped.innerText())![1];
    await notebook.waitForEnd();
    assert.match(await notebook.stderr.innerText(), /Interrupted: run this cell again to go on/);
    await active.locator(".jp-InputPrompt").click();
    await page.waitForTimeout(1000); // tslab drops what it gets within 200 ms of a cell that failed
    await notebook.startCell();
    await line.getByText(new RegExp(`6 updates, .* went on from update ${update}`)).waitFor();
    assert.deepEqual(readStarts(path.join(workDir, "runs")), [0, Number(update)]);
    await close();
  });
});

/** Puts the mouse on the active cell's figure and on its first mark; gives what the figure then says. */
async function hoverFigure({ active }: NotebookPage): Promise<string> {
  // plotly shows the stored picture and puts the figure in its place when the mouse comes.
  await active.locator(".jp-RenderedPlotly").hover();
  await active.locator(".scatterlayer .point").first().hover({ force: true });
  return (await active.locator(".hoverlayer .hovertext").first().textContent())!;
}

/** How many updates were done already at each start of the only run. */
function readStarts(runs: string): number[] {
  const [run] = fs.readdirSync(runs);
  const events = readJsonLines<TrainingEvent>(path.join(runs, run, "events.jsonl"));
  return events.flatMap((event) => (event.type === "start" ? [event.done] : []));
}
