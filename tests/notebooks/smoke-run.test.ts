import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import * as lancedb from "@lancedb/lancedb";
import { type Chunk, readJsonLines } from "mrl/common";
import { readDataset, setNames } from "mrl/dataset";
import { loadModel } from "mrl/encoder";

// What `run-notebooks.mjs --profile smoke --fresh` has written; the test command runs it just before.
const workDir = path.join(process.cwd(), "data", "work", "smoke");

interface Notebook {
  cells: { cell_type: string; execution_count: number | null; outputs: Output[] }[];
}
interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
}

function readNotebook(file: string): Notebook {
  return JSON.parse(fs.readFileSync(path.join(workDir, "notebooks", file), "utf8")) as Notebook;
}

const names = fs
  .readdirSync(path.join(process.cwd(), "notebooks"))
  .filter((name) => /^\d\d-.*\.ipynb$/.test(name));

describe("the nine notebooks at smoke size", () => {
  it("there are nine, numbered 01 to 09", () => {
    assert.deepEqual(
      names.map((name) => name.slice(0, 2)),
      ["01", "02", "03", "04", "05", "06", "07", "08", "09"],
    );
  });

  for (const name of names) {
    it(`${name} ran from top to bottom, without a word on stderr`, () => {
      const code = readNotebook(name).cells.filter((cell) => cell.cell_type === "code");
      assert.deepEqual(
        code.map((cell) => cell.execution_count),
        code.map((_, i) => i + 1),
      );
      const outputs = code.flatMap((cell) => cell.outputs);
      assert.ok(outputs.length > 0);
      const errors = outputs.filter((output) => output.name === "stderr");
      assert.deepEqual(
        errors.map((output) => [output.text].flat().join("")),
        [],
      );
    });
  }

  it("training lowered the dropout-free loss of a fixed batch", () => {
    const runs = path.join(workDir, "runs");
    const [run] = fs.readdirSync(runs);
    const file = path.join(runs, run, "yardstick.json");
    const { before, after } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, number>;
    assert.ok(before > 0 && after < 0.9 * before, `${before} → ${after}`);
  });

  it("a few first replies were spoiled, and their chunks asked again", () => {
    const lines = fs.readFileSync(path.join(workDir, "questions.jsonl"), "utf8").trim().split("\n");
    const tries = lines.map((line) => (JSON.parse(line) as { tries: number }).tries);
    assert.equal(tries.filter((n) => n > 1).length, 3);
  });

  it("the dataset has rows in every set", () => {
    const dataset = readDataset(path.join(workDir, "dataset"));
    const sizes = setNames.map((name) => dataset[name].length);
    assert.ok(
      sizes.every((size) => size > 0),
      sizes.join(),
    );
  });

  it("the database of 08 finds each passage by its own vector, and a filter leaves only its section", async () => {
    const db = await lancedb.connect(path.join(workDir, "search"));
    const table = await db.openTable("chunks");
    const chunks = readJsonLines<Chunk>(path.join(workDir, "chunks.jsonl"));
    const rows = (await table.query().toArray()) as { id: number; vector: Iterable<number> }[];
    assert.deepEqual(
      rows.map(({ id }) => id),
      chunks.map(({ global_chunk_id }) => global_chunk_id),
    );
    const own = Float32Array.from(rows[7].vector);
    const nearest = table.query().nearestTo(own).distanceType("cosine").limit(3);
    const found = (await nearest.toArray()) as { id: number }[];
    assert.deepEqual([found.length, found[0].id], [3, rows[7].id]);
    assert.equal((await nearest.where("section = 'elsewhere'").toArray()).length, 0);
    db.close();
  });

  const planted = [process.env.OPENAI_API_KEY, process.env.HF_TOKEN].filter(
    (one) => one !== undefined,
  );
  const unplanted = planted.length < 2 && "npm test plants the keys";
  it("no key of the environment is in any file that was written", { skip: unplanted }, () => {
    const names = fs.readdirSync(workDir, { recursive: true }) as string[];
    const files = names.filter((name) => fs.statSync(path.join(workDir, name)).isFile());
    assert.ok(files.length > 50, `${files.length} files`);
    const holders = files.filter((name) => {
      const content = fs.readFileSync(path.join(workDir, name));
      return planted.some((key) => content.includes(key));
    });
    assert.deepEqual(holders, []);
  });

  it("the model that was written differs from its base, and gives unit vectors", async () => {
    const vectors: Float32Array[] = [];
    for (const folder of ["base", "model", path.join("publish", "model")]) {
      const model = await loadModel(path.join(workDir, folder));
      vectors.push((await model.encode(["What is a loom?"], { dim: 256 }))[0]);
      model.dispose();
    }
    const [base, tuned, published] = vectors;
    assert.deepEqual(published, tuned);
    assert.notDeepEqual(base, tuned);
    assert.ok(Math.abs(Math.hypot(...tuned) - 1) < 1e-5);
  });
});
