import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import { readJson } from "mrl/common";
import { evaluateRetrieval } from "mrl/evaluation";
import { createTableEncoder } from "./one-hot-encoder";

/** Made by tests/fixtures/make-evaluator.py with sentence-transformers; versions in the file. */
interface Fixture {
  dims: number[];
  queries: Record<string, string>;
  corpus: Record<string, string>;
  relevant: Record<string, string[]>;
  vectors: Record<string, number[]>;
  metrics: Record<string, number>;
}

const fixture = readJson<Fixture>(path.join(process.cwd(), "tests/fixtures/evaluator.json"));

function evaluate(): ReturnType<typeof evaluateRetrieval> {
  const set = {
    queries: new Map(Object.entries(fixture.queries)),
    corpus: new Map(Object.entries(fixture.corpus)),
    relevant: new Map(Object.entries(fixture.relevant).map(([id, of]) => [id, new Set(of)])),
  };
  return evaluateRetrieval(createTableEncoder(fixture.vectors), set, { dims: fixture.dims });
}

test("names and values are those of Python's InformationRetrievalEvaluator to 1e-6, ties included", async () => {
  const { metrics, evaluated, skipped } = await evaluate();
  assert.deepEqual([evaluated, skipped], [38, 2]);
  assert.deepEqual(Object.keys(metrics).sort(), Object.keys(fixture.metrics).sort());
  for (const [name, value] of Object.entries(fixture.metrics)) {
    assert.ok(Math.abs(metrics[name] - value) < 1e-6, `${name}: ${metrics[name]}, not ${value}`);
  }
});

test("the fixture can tell: ties decide it, questions have several passages, no value is 0 or 1", () => {
  const texts = Object.values(fixture.corpus).map((text) => fixture.vectors[text].join());
  assert.ok(new Set(texts).size < texts.length - 30);
  assert.ok(Object.values(fixture.relevant).filter((ids) => ids.length > 1).length > 20);
  assert.equal(Object.keys(fixture.metrics).length, 45);
  for (const value of Object.values(fixture.metrics)) assert.ok(value > 0 && value < 1);
});
