import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test from "node:test";
import { InputError, readJsonLines } from "mrl/common";
import { writeChunks } from "mrl/corpus";

test("chunks are read as they were written, and no chunks leave the earlier file", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-chunks-"));
  try {
    const file = path.join(folder, "chunks.jsonl");
    const chunks = [{ global_chunk_id: 0, page: "a.html", text: "é\n🚀" }];
    writeChunks(file, chunks);
    const tooFew = (): void => writeChunks(file, []);
    assert.throws(
      tooFew,
      (error: Error) => error instanceof InputError && /no chunk/.test(error.message),
    );
    assert.deepEqual(readJsonLines(file), chunks);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
