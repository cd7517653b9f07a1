import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { loadSettings } from "mrl/common";
import { describeDataset, readDataset, setNames, splitRows, writeDataset } from "mrl/dataset";
import { makeChunks, makeRows } from "./toy-rows";

const rows = makeRows(makeChunks(10, 2)).map((row) => ({
  ...row,
  answer: `${row.answer} – 織る "quoted"\n\\n`,
}));
const split = splitRows(rows, { unseenPages: 0.1, validationPages: 0.1, seenRows: 0.1, seed: 3 });
const info = {
  title: "Toy: questions",
  source: "a toy",
  licence: "apache-2.0",
  provenance: "Nobody wrote them.",
  preparation: "Nothing was filtered.",
};

function writeToy(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-dataset-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  writeDataset(folder, split, info);
  return folder;
}

function bytesOf(file: string): ArrayBuffer {
  const bytes = fs.readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

test("what is written is read back, row for row", (t) => {
  const { leftOut, ...sets } = split;
  assert.equal(leftOut.length, 0);
  assert.deepEqual(readDataset(writeToy(t)), sets);
});

test("Parquet holds the same rows as JSON Lines, as int64 and UTF-8 strings, none of them optional", async (t) => {
  const folder = writeToy(t);
  for (const name of setNames) {
    const file = bytesOf(path.join(folder, `${name}.parquet`));
    const [root, ...fields] = parquetMetadata(file).schema;
    assert.equal(root.num_children, 6);
    assert.deepEqual(
      fields.map((field) => [field.name, field.type, field.converted_type, field.repetition_type]),
      [
        ["global_chunk_id", "INT64", undefined, "REQUIRED"],
        ["text", "BYTE_ARRAY", "UTF8", "REQUIRED"],
        ["question_id", "INT64", undefined, "REQUIRED"],
        ["question", "BYTE_ARRAY", "UTF8", "REQUIRED"],
        ["answer", "BYTE_ARRAY", "UTF8", "REQUIRED"],
        ["page", "BYTE_ARRAY", "UTF8", "REQUIRED"],
      ],
    );
    const read = await parquetReadObjects({ file });
    assert.ok(read.length > 0 && read.every((row) => typeof row.global_chunk_id === "bigint"));
    const plain = read.map((row) => {
      return {
        ...row,
        global_chunk_id: Number(row.global_chunk_id),
        question_id: Number(row.question_id),
      };
    });
    assert.deepEqual(plain, split[name]);
  }
});

test("the card names every set's Parquet file in its metadata, and its rows in the table", (t) => {
  const card = fs.readFileSync(path.join(writeToy(t), "README.md"), "utf8");
  const [, metadata, prose] = card.split(/^---$/m);
  for (const name of setNames) {
    assert.ok(metadata.includes(`  - split: ${name}\n    path: ${name}.parquet\n`));
    assert.match(prose, new RegExp(`\\| ${name} \\| \\d+ \\| \\d+ \\| ${split[name].length} \\|`));
  }
  assert.match(metadata, /^license: apache-2\.0$/m);
  assert.match(metadata, /^pretty_name: "Toy: questions"$/m);
  assert.ok(prose.includes("Nobody wrote them."));
});

test("recorded answers are labelled as such, and no other model is named", () => {
  const { provenance, preparation } = describeDataset(loadSettings({}, { MRL_PROFILE: "sample" }), [
    { answeredBy: "recorded-answers" },
    { answeredBy: "recorded-answers" },
  ]);
  assert.match(provenance, /recorded answers: a language model wrote them once/);
  assert.ok(!/gpt/i.test(provenance));
  assert.match(preparation, /all-MiniLM-L6-v2 is below 0\.25/);
});

test("the smoke profile's site is the sample too", () => {
  const [sample, smoke] = ["sample", "smoke"].map((profile) =>
    describeDataset(loadSettings({}, { MRL_PROFILE: profile }), []),
  );
  assert.deepEqual([smoke.source, smoke.licence], [sample.source, "apache-2.0"]);
  assert.match(smoke.source, /fictional product/);
});

test("the model that the server says answered is the one named", () => {
  const settings = loadSettings({}, { MRL_PROFILE: "seed" });
  const { provenance, source, licence } = describeDataset(settings, [
    { answeredBy: "gpt-4.1-2025-04-14" },
  ]);
  assert.match(provenance, /written by `gpt-4\.1-2025-04-14`/);
  assert.match(source, /docs\.ray\.io/);
  assert.equal(licence, "other");
});

test("a split that the check refuses leaves the earlier files as they were", (t) => {
  const folder = writeToy(t);
  const contents = (): string[] =>
    fs
      .readdirSync(folder)
      .sort()
      .map((name) => fs.readFileSync(path.join(folder, name), "latin1"));
  const before = contents();
  const leaking = { ...split, train: [...split.train, { ...split.unseen[0], question_id: 9 }] };
  assert.throws(
    () => writeDataset(folder, leaking, info),
    /^InputError: page .* is in "train" and in "unseen"/,
  );
  const broken = [
    { ...split.train[0], answer: null as unknown as string },
    ...split.train.slice(1),
  ];
  assert.throws(
    () => writeDataset(folder, { ...split, train: broken }, info),
    /train, row 1: answer is null, not a text/,
  );
  assert.deepEqual(contents(), before);
});

test("a missing file names the notebook that writes it, a broken row its place", (t) => {
  const folder = writeToy(t);
  const file = path.join(folder, "seen.jsonl");
  const { question_id, ...short } = split.seen[0];
  fs.writeFileSync(file, JSON.stringify(short) + "\n");
  assert.ok(question_id > 0);
  assert.throws(
    () => readDataset(folder),
    /seen\.jsonl, row 1: question_id is undefined, not a whole number/,
  );
  fs.rmSync(file);
  assert.throws(() => readDataset(folder), /seen\.jsonl is missing; notebook 04 writes it/);
});
