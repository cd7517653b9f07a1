import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test, { after, before } from "node:test";
import { loadSettings, readJsonLines, sha256, type Chunk } from "mrl/common";
import { buildSampleSite, openSite, readPages, splitChunks } from "mrl/corpus";
import { crawl, readFolder } from "./test-site";

const root = process.cwd();
const sample = path.join(root, "data", "sample");
let workDir: string;
const progress: [done: number, total: number][] = [];

/** The settings of a profile with the work folder of this test. */
const settingsOf = (profile: string) => ({
  ...loadSettings({}, { MRL_PROFILE: profile, MRL_ROOT: root }),
  workDir,
});

before(async () => {
  process.env.CI = "true"; // makes Sphinx write for a terminal, unless told otherwise
  workDir = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-sample-"));
  const onProgress = (...told: [number, number]): void => void progress.push(told);
  assert.equal(
    await buildSampleSite({ root, folder: path.join(workDir, "site"), onProgress }),
    true,
  );
});
after(() => fs.rmSync(workDir, { recursive: true }));

/** Crawls a profile's site over HTTP into `name` and splits what came. */
async function crawlAndSplit(profile: string, name: string): Promise<Chunk[]> {
  const settings = settingsOf(profile);
  const folder = path.join(workDir, name);
  const site = await openSite(settings);
  try {
    const { skipped } = await crawl(site.startUrl, folder, {
      ...settings.site,
      startUrl: site.startUrl,
      timeoutMs: 30_000,
    });
    assert.deepEqual(skipped, []);
  } finally {
    await site.close();
  }
  return (await splitChunks(readPages(folder), settings.split)).chunks;
}

test("the sample site gives its 105 pages and exactly the 659 recorded chunks, twice the same", async () => {
  const expected = readJsonLines<Chunk>(path.join(sample, "chunks.jsonl"));
  assert.equal(expected.length, 659);
  const chunks = await crawlAndSplit("sample", "pages");
  assert.equal(readPages(path.join(workDir, "pages")).length, 105);
  assert.deepEqual(
    chunks.map(({ page, text }) => ({ page, text })),
    expected.map(({ page, text }) => ({ page, text })),
  );
  assert.deepEqual(
    chunks.map((chunk) => chunk.global_chunk_id),
    [...expected.keys()],
  );

  const recorded = new Set(
    readJsonLines<{ sha256: string }>(path.join(sample, "questions.jsonl")).map(
      (row) => row.sha256,
    ),
  );
  assert.ok(chunks.every((chunk) => recorded.has(sha256(chunk.text))));

  assert.deepEqual(await crawlAndSplit("sample", "again"), chunks);
  const texts = (name: string) => ({
    ...readFolder(path.join(workDir, name)),
    "manifest.json": "",
  });
  assert.deepEqual(texts("again"), texts("pages"), "only the manifest knows the port");
});

test("the smoke profile's 6 pages are the same every time and give chunks that have a recording", async () => {
  const chunks = await crawlAndSplit("smoke", "smoke");
  assert.equal(readPages(path.join(workDir, "smoke")).length, 6);
  assert.ok(new Set(chunks.map((chunk) => chunk.page)).size >= 5);
  assert.ok(chunks.length >= 20, `${chunks.length} chunks`);
  const recorded = new Set(
    readJsonLines<{ sha256: string }>(path.join(sample, "questions.jsonl")).map(
      (row) => row.sha256,
    ),
  );
  assert.ok(chunks.every((chunk) => recorded.has(sha256(chunk.text))));
});

test("the build tells its pages, up to the last of 105", () => {
  assert.deepEqual(progress.at(-1), [105, 105]);
  assert.ok(progress.length > 105);
  progress.forEach(([done], i) => assert.ok(i === 0 || done >= progress[i - 1][0]));
});

test("a site that is up to date is not built again, and a real address is not built at all", async () => {
  const folder = path.join(workDir, "site");
  assert.equal(await buildSampleSite({ root, folder }), false);
  const settings = settingsOf("seed");
  const site = await openSite({ ...settings, workDir: path.join(workDir, "none") });
  assert.equal(site.startUrl, settings.site.startUrl);
  assert.equal(fs.existsSync(path.join(workDir, "none")), false);
});

test("without its sources or its Sphinx, the error names what is missing and the way out", async () => {
  const folder = path.join(workDir, "broken");
  await assert.rejects(
    buildSampleSite({ root: workDir, folder }),
    /data\/sample\/docs is missing; run "npm run setup"/,
  );
});

test("a Sphinx that fails is quoted, and the earlier site stays", async () => {
  const root = path.join(workDir, "root");
  const folder = path.join(workDir, "kept");
  fs.mkdirSync(path.join(root, "data", "sample", "docs"), { recursive: true });
  fs.mkdirSync(path.join(root, "environment", "venv", "bin"), { recursive: true });
  const python = path.join(root, "environment", "venv", "bin", "python");
  fs.writeFileSync(python, "#!/bin/sh\necho 'No module named sphinx' >&2\nexit 1\n", {
    mode: 0o755,
  });
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "index.html"), "earlier");
  await assert.rejects(buildSampleSite({ root, folder }), /No module named sphinx.*npm run setup/s);
  assert.equal(fs.readFileSync(path.join(folder, "index.html"), "utf8"), "earlier");
});
