import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { folders, join, listNotebooks, readNotebook } from "./read-notebook";

for (const file of [...listNotebooks(folders.tracked), ...listNotebooks(folders.extra)]) {
  test(`every link and picture of ${path.basename(file)} leads to a file that is there`, () => {
    const prose = readNotebook(file).cells.filter((cell) => cell.cell_type === "markdown");
    const targets = prose.flatMap((cell) =>
      [...join(cell.source).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => target),
    );
    const missing = targets.filter(
      (target) => !fs.existsSync(path.resolve(path.dirname(file), target)),
    );
    assert.deepEqual(missing, []);
  });
}
