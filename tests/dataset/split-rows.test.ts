import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "mrl/common";
import { checkSplit, countSets, setNames, splitRows } from "mrl/dataset";
import { makeChunks, makeRows, pagesOf, textsOf } from "./toy-rows";

const shares = { unseenPages: 0.1, validationPages: 0.05, seenRows: 0.1 };
const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test("20 pages of 2 chunks of 4 rows give 2 pages unseen, 1 validation, 14 rows seen, 122 to train", () => {
  const split = splitRows(makeRows(makeChunks(20, 2)), { ...shares, seed: 42 });
  // 160 rows; 2 pages hold 16, 1 page holds 8; of the other 136 a tenth is 13.6, so 14.
  assert.deepEqual(
    countSets(split).map(({ set, rows }) => [set, rows]),
    [
      ["train", 122],
      ["validation", 8],
      ["seen", 14],
      ["unseen", 16],
    ],
  );
  assert.deepEqual([pagesOf(split.unseen).size, pagesOf(split.validation).size], [2, 1]);
  assert.equal(split.leftOut.length, 0);
});

test("96 pages give 10 unseen and 5 validation, 6 pages one each", () => {
  const big = splitRows(makeRows(makeChunks(96, 1)), { ...shares, seed: 1 });
  assert.deepEqual([pagesOf(big.unseen).size, pagesOf(big.validation).size], [10, 5]);
  const small = splitRows(makeRows(makeChunks(6, 1)), { ...shares, seed: 1 });
  assert.deepEqual([pagesOf(small.unseen).size, pagesOf(small.validation).size], [1, 1]);
});

test("for 200 seeds on uneven pages: every row once, no page on two sides, a sibling for each seen row", () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const chunks = makeChunks(3 + random.integer(30), 1 + random.integer(4));
    const rows = makeRows(chunks).filter(() => random.next() < 0.7);
    const split = splitRows(rows, { ...shares, seed });
    const all = setNames.flatMap((name) => split[name]);
    assert.equal(all.length, rows.length);
    assert.deepEqual(new Set(all), new Set(rows));
    const training = pagesOf([...split.train, ...split.seen]);
    const held = [pagesOf(split.unseen), pagesOf(split.validation)];
    for (const page of [...held[0], ...held[1]]) assert.ok(!training.has(page), `${seed}: ${page}`);
    for (const page of held[0]) assert.ok(!held[1].has(page), `${seed}: ${page}`);
    const trained = textsOf(split.train);
    assert.ok(split.seen.length > 0 && split.seen.every((row) => trained.has(row.text)));
    checkSplit(split);
  }
});

test("for 200 seeds with texts on several pages: no held-out text is trained on, and what is left out is told", () => {
  let leftOut = 0;
  for (const seed of seeds) {
    const random = createRandom(seed, 7);
    const chunks = makeChunks(20, 2).map((chunk) =>
      random.next() < 0.3 ? { ...chunk, text: `Shared text ${random.integer(5)}.` } : chunk,
    );
    const rows = makeRows(chunks);
    const split = splitRows(rows, { ...shares, seed });
    leftOut += split.leftOut.length;
    const held = textsOf([...split.unseen, ...split.validation]);
    for (const row of [...split.train, ...split.seen]) assert.ok(!held.has(row.text));
    assert.equal(
      setNames.flatMap((name) => split[name]).length + split.leftOut.length,
      rows.length,
    );
    // Nothing is left out without need: its text is on a page held out more strictly.
    assert.ok(split.leftOut.every((row) => held.has(row.text)));
    checkSplit(split);
  }
  assert.ok(leftOut > 0, "no seed left anything out");
});

test("the same seed gives the same sets whatever the order of the rows, another seed others", () => {
  const rows = makeRows(makeChunks(20, 3));
  const names = (seed: number, order: typeof rows): string[][] => {
    const split = splitRows(order, { ...shares, seed });
    return setNames.map((name) =>
      split[name].map((row) => `${row.global_chunk_id}-${row.question_id}`).sort(),
    );
  };
  assert.deepEqual(names(5, rows), names(5, createRandom(1).shuffle(rows)));
  assert.notDeepEqual(names(5, rows), names(6, rows));
});

test("a passage with one question never gives it to seen", () => {
  const chunks = makeChunks(10, 4);
  const rows = makeRows(chunks).filter(
    (row) => row.global_chunk_id % 4 === 0 || row.question_id === 1,
  );
  for (const seed of seeds.slice(0, 50)) {
    const { seen } = splitRows(rows, { ...shares, seenRows: 0.9, seed });
    assert.ok(seen.every((row) => row.global_chunk_id % 4 === 0));
    // 8 pages are left, each with one chunk of 4 questions: 3 of them can go.
    assert.equal(seen.length, 24);
  }
});

test("too few pages, and passages of one question only, are refused with the way out", () => {
  const two = makeRows(makeChunks(2, 3));
  assert.throws(
    () => splitRows(two, { ...shares, seed: 1 }),
    /^InputError: 2 pages with questions cannot give 1 unseen, 1 validation/,
  );
  const single = makeRows(makeChunks(10, 1), 1);
  assert.throws(() => splitRows(single, { ...shares, seed: 1 }), /no passage has two questions/);
});
