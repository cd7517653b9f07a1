import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, describe, it } from "node:test";
import * as lancedb from "@lancedb/lancedb";
import { cosine, rankInTwoSteps, rankPassages, truncate } from "mrl/evaluation";
import { drawQueries, drawVectors, size } from "./hundred-thousand";

const passages = drawVectors(size.passages, 1);
const queries = drawQueries(passages, 20);
const ids = passages.map((_, i) => String(i));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-lance-"));
after(() => fs.rmSync(folder, { recursive: true }));

const namesOf = (ranked: { id: string }[][]): string[][] =>
  ranked.map((row) => row.map(({ id }) => id));
const exact = namesOf(rankPassages(queries, passages, { ids }));
const twoSteps = namesOf(rankInTwoSteps(queries, passages, { ids, firstDim: 64 }));

/** Share of the exact ten best that a search found. */
const recall = (found: string[][]): number =>
  found.flatMap((row, q) => row.filter((id) => exact[q].includes(id))).length / exact.flat().length;

describe("search in two steps, 64 numbers over 100,000 vectors, then 384 over 100", () => {
  it("finds more of the exact ten best than 64 numbers alone, and each query's own passage first", () => {
    const oneStep = recall(namesOf(rankPassages(queries, passages, { ids, dim: 64 })));
    assert.ok(recall(twoSteps) > oneStep + 0.1, `${recall(twoSteps)}, ${oneStep}`);
    twoSteps.forEach((row, q) => assert.equal(row[0], String(100 * q)));
  });

  describe("in LanceDB", () => {
    let table: lancedb.Table;
    before(async () => {
      const db = await lancedb.connect(folder);
      const vectorColumns = {
        short: new lancedb.VectorColumnOptions(),
        whole: new lancedb.VectorColumnOptions(),
      };
      for (let from = 0; from < passages.length; from += 10_000) {
        const rows = passages.slice(from, from + 10_000).map((vector, i) => ({
          id: from + i,
          short: Array.from(truncate(vector, 64)),
          whole: Array.from(vector),
        }));
        const data = lancedb.makeArrowTable(rows, { vectorColumns });
        if (from === 0) table = await db.createTable("passages", data);
        else await table.add(data);
      }
    });

    const search = async (column: string, query: Float32Array, k: number): Promise<Found[]> =>
      (await table
        .query()
        .nearestTo(query)
        .column(column)
        .distanceType("cosine")
        .select(["id", "whole", "_distance"])
        .limit(k)
        .toArray()) as Found[];

    it("one step by whole vectors finds what exact search finds", async () => {
      const found: string[][] = [];
      for (const query of queries) {
        found.push((await search("whole", query, 10)).map(({ id }) => String(id)));
      }
      assert.equal(recall(found), 1);
    });

    it("two steps find what two steps in memory find", async () => {
      for (const [q, query] of queries.entries()) {
        const near = await search("short", truncate(query, 64), 100);
        const ranked = near
          .map(({ id, whole }) => ({ id, score: cosine(query, Float32Array.from(whole)) }))
          .sort((a, b) => b.score - a.score);
        assert.deepEqual(
          ranked.slice(0, 10).map(({ id }) => String(id)),
          twoSteps[q],
        );
      }
    });
  });
});

interface Found {
  id: number;
  whole: Iterable<number>;
  _distance: number;
}
