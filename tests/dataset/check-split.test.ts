import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatasetSplit, checkSplit } from "mrl/dataset";
import { makeChunks, makeRows } from "./toy-rows";

/** Pages 0 and 1 train (one row of each chunk is seen), page 2 validates, page 3 is unseen. */
function goodSplit(): DatasetSplit {
  const rows = makeRows(makeChunks(4, 1));
  const onPage = (number: number) => rows.filter((row) => row.global_chunk_id === number);
  const training = [...onPage(0), ...onPage(1)];
  return {
    train: training.filter((row) => row.question_id !== 4),
    seen: training.filter((row) => row.question_id === 4),
    validation: onPage(2),
    unseen: onPage(3),
  };
}

function refuses(change: (split: DatasetSplit) => void, message: RegExp): void {
  const split = goodSplit();
  change(split);
  assert.throws(() => checkSplit(split), { name: "InputError", message });
}

test("a clean split passes", () => checkSplit(goodSplit()));

test("a page held out as unseen with a row in training is refused by its name", () => {
  refuses(
    (split) => split.train.push({ ...split.unseen[0], question_id: 5, text: "other text" }),
    /^page page-003\.html is in "train" and in "unseen"/,
  );
});

test("a page of validation with a row in seen, or in unseen, is refused", () => {
  const moved = { question_id: 5, text: "Text of chunk 0." };
  refuses(
    (split) => split.seen.push({ ...split.validation[0], ...moved }),
    /^page page-002\.html is in "validation" and in "seen"/,
  );
  refuses(
    (split) => split.unseen.push({ ...split.validation[0], ...moved }),
    /^page page-002\.html is in "validation" and in "unseen"/,
  );
});

test("a seen row without a sibling in training is refused by its number", () => {
  refuses(
    (split) => (split.train = split.train.filter((row) => row.global_chunk_id !== 1)),
    /^row 1-4 of page-001\.html of "seen" has no sibling in training/,
  );
});

test("a held-out text that training knows from another page is refused", () => {
  refuses(
    (split) => (split.train[0] = { ...split.train[0], text: split.unseen[0].text }),
    /^the text of row 3-1 of page-003\.html is in "train" and in "unseen"/,
  );
});

test("a row that stands in train and in seen is refused", () => {
  refuses(
    (split) => split.seen.push(split.train[0]),
    /^row 0-1 of page-000\.html is in "train" and in "seen"/,
  );
});

test("an empty set is refused by its name", () => {
  refuses((split) => (split.validation = []), /the set "validation" is empty/);
});
