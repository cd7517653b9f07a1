import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { readJson } from "mrl/common";
import { compareModel, openModel } from "./compare-model";
import { readAnswer } from "./peer";
import { holds, writeTable, type Row } from "./report";
import { createTinyRequest, fixtureFolder, removeTiny, writeTinyPeer } from "./tiny-request";

// The fixtures are made by tests/parity/make-fixtures.ts with transformers and sentence-transformers' Trainer;
// versions in their answer.json.
for (const kind of ["bert", "mpnet"] as const) {
  test(`tiny ${kind}: vectors, losses, gradients, ten updates and schedules are Python's within the bounds`, async () => {
    const { folder, mark } = writeTinyPeer(kind);
    const { sha256 } = readJson<{ sha256: string }>(path.join(fixtureFolder(kind), "model.json"));
    assert.equal(mark, sha256, "the tiny model has changed: make the fixtures anew");
    const model = await openModel(folder);
    const rows: Row[] = [];
    const answer = readAnswer(fixtureFolder(kind));
    await compareModel(model, createTinyRequest(folder), answer, (more) => rows.push(...more));
    assert.ok(rows.length >= 12, `${rows.length} rows`);
    assert.ok(rows.every(holds), `\n${writeTable(rows)}`);
    assert.ok([...answer.weights.keys()].length > 30 && answer.updates.length === 10);
    model.dispose();
    removeTiny(folder);
  });
}
