import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import * as lancedb from "@lancedb/lancedb";
import { cosine, rankInTwoSteps, rankPassages, truncate } from "mrl/evaluation";
import { drawQueries, drawVectors, size } from "./hundred-thousand";

const dims = [64, 128, 256, size.dim];
const passages = drawVectors(size.passages, 1);
const queries = drawQueries(passages, 20);
const ids = passages.map((_, i) => String(i));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-lance-"));
after(() => fs.rmSync(folder, { recursive: true }));

const namesOf = (ranked: { id: string }[][]): string[][] =>
  ranked.map((row) => row.map(({ id }) => id));
/** The ten nearest in memory, in one step at each length. */
const inMemory = new Map(
  dims.map((dim) => [dim, namesOf(rankPassages(queries, passages, { ids, dim }))]),
);
const exact = inMemory.get(size.dim)!;
const twoSteps = namesOf(rankInTwoSteps(queries, passages, { ids, firstDim: 64 }));

/** Share of the exact ten best that a search found. */
const recall = (found: string[][]): number =>
  found.flatMap((row, q) => row.filter((id) => exact[q].includes(id))).length / exact.flat().length;

describe("search in two steps, 64 numbers over 100,000 vectors, then 384 over 100", () => {
  it("finds more of the exact ten best than 64 numbers alone, and each query's own passage first", () => {
    const found = dims.map((dim) => recall(inMemory.get(dim)!));
    assert.deepEqual(
      [...found].sort((a, b) => a - b),
      found,
      "longer vectors find more",
    );
    assert.equal(found.at(-1), 1);
    assert.ok(recall(twoSteps) > found[0] + 0.1, `${recall(twoSteps)}, ${found[0]}`);
    twoSteps.forEach((row, q) => assert.equal(row[0], String(100 * q)));
  });

  describe("in LanceDB", () => {
    const columnOf = (dim: number): string => `dim_${dim}`;
    let table: lancedb.Table;
    before(async () => {
      const db = await lancedb.connect(folder);
      const vectorColumns = Object.fromEntries(
        dims.map((dim) => [columnOf(dim), new lancedb.VectorColumnOptions()]),
      );
      const cut = (vector: Float32Array): [string, number[]][] =>
        dims.map((dim) => [columnOf(dim), Array.from(truncate(vector, dim))]);
      for (let from = 0; from < passages.length; from += 10_000) {
        const block = passages.slice(from, from + 10_000);
        const rows = block.map((vector, i) => ({
          id: from + i,
          ...Object.fromEntries(cut(vector)),
        }));
        const data = lancedb.makeArrowTable(rows, { vectorColumns });
        if (from === 0) table = await db.createTable("passages", data);
        else await table.add(data);
      }
    });

    const search = async (dim: number, query: Float32Array, k: number): Promise<Found[]> =>
      (await table
        .query()
        .nearestTo(truncate(query, dim))
        .column(columnOf(dim))
        .distanceType("cosine")
        .select(["id", columnOf(size.dim), "_distance"])
        .limit(k)
        .toArray()) as Found[];

    for (const dim of dims) {
      it(`one step by ${dim} numbers finds what it finds in memory`, async (t) => {
        const found: string[][] = [];
        const started = performance.now();
        for (const query of queries) {
          found.push((await search(dim, query, 10)).map(({ id }) => String(id)));
        }
        const ms = (performance.now() - started) / queries.length;
        t.diagnostic(describeWay(4 * dim * size.passages, ms, found));
        assert.deepEqual(found, inMemory.get(dim));
      });
    }

    it("two steps find what two steps in memory find", async (t) => {
      const found: string[][] = [];
      const started = performance.now();
      for (const query of queries) {
        const near = await search(64, query, 100);
        const ranked = near
          .map((row) => ({
            id: String(row.id),
            score: cosine(query, row[columnOf(size.dim)].toArray()),
          }))
          .sort((a, b) => b.score - a.score);
        found.push(ranked.slice(0, 10).map(({ id }) => id));
      }
      const ms = (performance.now() - started) / queries.length;
      t.diagnostic(describeWay(4 * (64 * size.passages + size.dim * 100), ms, found));
      assert.deepEqual(found, twoSteps);
    });
  });
});

function describeWay(bytes: number, ms: number, found: string[][]): string {
  return `${bytes / 1e6} MB read, ${ms.toFixed(0)} ms a search, recall@10 ${recall(found).toFixed(3)}`;
}

/** A row: its number, and vectors by column. */
type Found = { id: number } & Record<string, { toArray(): Float32Array }>;
