import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

const program = "/usr/bin/chromium";

/** Why the tests in a browser are skipped; false where they are not. `npm run test:full` has said what to do. */
export const noBrowser: string | false = fs.existsSync(program)
  ? false
  : `${program} is missing: apt install chromium`;

// Nothing but the page is to reach for the network; as root there is no sandbox.
const flags = [
  ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Debian's Chromium with a profile of its own, which goes when it is closed. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: flags });
}

/**
 * A page that may load from one address only.
 * @returns the page, and what it asked for elsewhere or reported as an error
 */
export async function openPage(
  browser: Browser,
  origin: string,
): Promise<{ page: Page; strayed: string[]; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1120, height: 800 } });
  page.setDefaultTimeout(180_000);
  const strayed: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) strayed.push(url);
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return { page, strayed, errors };
}

/** Keeps a picture of the page, small enough for the README, where MRL_SCREENSHOTS names a folder for them. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.MRL_SCREENSHOTS;
  if (!folder) return;
  const { length } = await page.screenshot({ path: path.join(folder, `${name}.png`) });
  assert.ok(length <= 200_000, `${name}.png has ${length} bytes`);
}
