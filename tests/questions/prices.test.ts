import assert from "node:assert/strict";
import { test } from "node:test";
import { type PriceTable, batchPrice, costOf, findPrice, readPrices } from "mrl/questions";

const openai = "https://api.openai.com/v1";
const table: PriceTable = {
  asOf: "2026-01-01",
  source: "",
  note: "",
  models: { paid: { input: 2, output: 8 }, broken: { input: 2 } as never },
};

test("the table is dated, names its source, says that it is unchecked, and every price in it is a pair of numbers from 0", () => {
  const prices = readPrices();
  assert.match(prices.asOf, /^\d{4}-\d{2}-\d{2}$/);
  assert.match(prices.source, /openai\.com/);
  assert.match(prices.note, /not been checked .* look there .* changed here counts at once/);
  const names = Object.keys(prices.models);
  assert.ok(names.includes("gpt-4.1") && names.includes("text-embedding-3-large"));
  for (const name of names) findPrice(name, openai, prices);
});

test("a million tokens each way cost both prices together, half of that in a batch", () => {
  const tokens = { prompt: 1e6, completion: 1e6 };
  const price = findPrice("paid", openai, table);
  assert.equal(costOf(tokens, price), 10);
  assert.equal(costOf(tokens, batchPrice(price)), 5);
});

test("a dated model name has the model's price", () => {
  assert.deepEqual(findPrice("paid-2026-04-14", openai, table), { input: 2, output: 8 });
});

test("a model without a price is free on this machine and refused elsewhere, with the way out", () => {
  for (const local of ["http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[::1]:1/v1"])
    assert.deepEqual(findPrice("mine", local, table), { input: 0, output: 0 });
  assert.deepEqual(findPrice("paid", "http://localhost/v1", table), { input: 2, output: 8 });
  assert.throws(() => findPrice("mine", openai, table), {
    name: "InputError",
    message: /no price is known for "mine"; add it to prices\.json/,
  });
});

test("an entry without an output price is refused, not taken as free", () => {
  assert.throws(() => findPrice("broken", openai, table), /"broken" \{"input":2\}; it needs/);
});
