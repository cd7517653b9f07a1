import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { makeFolder } from "../../environment/run-script";
import { keepPicture, noBrowser, openBrowser, openPage } from "./open-browser";

// Needs the notebooks that the smoke run of `npm test` leaves.
const executed = path.join("data", "work", "smoke", "notebooks");
const names = fs
  .readdirSync("notebooks")
  .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
  .map((name) => name.replace(".ipynb", ""));

describe("the site, opened from the disk", { skip: noBrowser }, () => {
  const site = path.join(makeFolder(), "site");
  const origin = pathToFileURL(site + path.sep).href;
  let browser: Browser;

  before(async () => {
    const args = ["environment/site.mjs", "--profile", "smoke", "--output", site];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    browser = await openBrowser();
  });
  after(() => browser?.close());

  it("leads from its start page through all notebooks, without asking anything of the network", async () => {
    const { page, strayed, errors } = await openPage(browser, origin);
    await page.goto(`${origin}index.html`);
    await page.locator("main a").first().click();
    for (const [i, name] of names.entries()) {
      assert.ok(page.url().endsWith(`/${name}.html`), page.url());
      await page.locator(`.site-navigation a[aria-current][href="${name}.html"]`).waitFor();
      const links = await page.locator("main a[href$='.ipynb']").count();
      assert.equal(links, 0, `${name} still links to a notebook file`);
      for (const image of await page.locator("main img:not(.site-figure img)").all())
        assert.ok((await image.boundingBox())!.width > 20, `${name} lacks a picture`);
      if (i + 1 < names.length) await page.locator(".site-neighbours a").last().click();
    }
    assert.deepEqual([strayed, errors], [[], []]);
    await page.close();
  });

  it("draws every figure anew, and they answer to the mouse", async () => {
    const { page, strayed, errors } = await openPage(browser, origin);
    let figures = 0;
    for (const name of names) {
      const stored = countFigures(name);
      await page.goto(`${origin}${name}.html`);
      const drawn = page.locator(".site-figure .js-plotly-plot .plot-container");
      if (stored > 0) await drawn.nth(stored - 1).waitFor();
      assert.equal(await drawn.count(), stored, name);
      assert.equal(await page.locator(".site-figure img").count(), 0, name);
      figures += stored;
    }
    assert.ok(figures > 0);
    await page.goto(`${origin}01-crawl-the-docs.html`);
    await page.locator(".scatterlayer .point").first().hover({ force: true });
    await page.locator(".hoverlayer .hovertext").first().waitFor();
    await keepPicture(page, "site");
    assert.deepEqual([strayed, errors], [[], []]);
    await page.close();
  });
});

function countFigures(name: string): number {
  const text = fs.readFileSync(path.join(executed, `${name}.ipynb`), "utf8");
  const { cells } = JSON.parse(text) as { cells: { outputs?: { data?: object }[] }[] };
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const type = "application/vnd.plotly.v1+json";
  return outputs.filter(({ data }) => data && type in data).length;
}
