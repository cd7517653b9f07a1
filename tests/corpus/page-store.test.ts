import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test from "node:test";
import { sha256 } from "mrl/common";
import { readPages, writePages } from "mrl/corpus";

const page = (name: string, text: string) => ({
  url: `http://127.0.0.1/${name}`,
  page: name,
  title: name.toUpperCase(),
  text,
});

function inFolder(use: (folder: string) => void): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-pages-"));
  try {
    use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test("what is written is read again, by path, with the text's checksum", () =>
  inFolder((folder) => {
    writePages(folder, [page("b.html", "Béta 🚀"), page("a.html", "")]);
    const pages = readPages(folder);
    assert.deepEqual(
      pages.map((one) => [one.page, one.text]),
      [
        ["a.html", ""],
        ["b.html", "Béta 🚀"],
      ],
    );
    assert.equal(pages[1].sha256, sha256("Béta 🚀"));
    assert.equal(fs.readFileSync(path.join(folder, pages[1].file), "utf8"), "Béta 🚀");
  }));

test("texts and half-written files of an earlier crawl are removed, other files stay", () =>
  inFolder((folder) => {
    writePages(folder, [page("old.html", "old")]);
    fs.writeFileSync(path.join(folder, "x.txt.12.ab.tmp"), "half");
    fs.writeFileSync(path.join(folder, "notes.md"), "mine");
    const [entry] = writePages(folder, [page("new.html", "new")]);
    assert.deepEqual(
      fs.readdirSync(folder).sort(),
      [entry.file, "manifest.json", "notes.md"].sort(),
    );
  }));

test("a text that changed after the manifest is refused by name", () =>
  inFolder((folder) => {
    const [entry] = writePages(folder, [page("a.html", "alpha")]);
    fs.writeFileSync(path.join(folder, entry.file), "beta");
    assert.throws(
      () => readPages(folder),
      new RegExp(`${entry.file} is not the text .* notebook 01`),
    );
    fs.rmSync(path.join(folder, entry.file));
    assert.throws(() => readPages(folder), new RegExp(`${entry.file} is missing.* notebook 01`));
  }));

test("without a manifest the error says what writes it", () =>
  inFolder((folder) =>
    assert.throws(() => readPages(folder), /manifest\.json is missing; notebook 01/),
  ));
