import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TestContext, test } from "node:test";
import { InputError } from "mrl/common";
import { type FetchRowsOptions, type PublishedRows, fetchPublishedRows } from "mrl/hub";
import { makeChunks, makeRows } from "../dataset/toy-rows";
import { signature } from "./hub-routes";
import { type HubServer, startHubServer } from "./hub-server";
import { addDataset, toJsonlFile, toParquetFile } from "./row-files";

const repo = "them/their-questions";
const rows = makeRows(makeChunks(3, 1), 2);
const withoutPage = rows.map(({ page: _, ...row }) => row);

interface Setup {
  hub: HubServer;
  folder: string;
  get: (change?: Partial<FetchRowsOptions>) => Promise<PublishedRows>;
}

/** A Hub with one dataset, and a folder that does not exist yet. */
async function setUp(t: TestContext, files: Record<string, Buffer> = {}): Promise<Setup> {
  const hub = await startHubServer();
  t.after(() => hub.stop());
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-published-"));
  t.after(() => fs.rmSync(home, { recursive: true }));
  addDataset(hub, repo, files);
  const folder = path.join(home, "published");
  const get: Setup["get"] = (change) =>
    fetchPublishedRows({ repo, folder, hubUrl: hub.url, ...change });
  return { hub, folder, get };
}

/** Whatever is thrown: no file is written. */
async function assertRefused(
  { folder, get }: Setup,
  message: RegExp,
  change?: Partial<FetchRowsOptions>,
): Promise<void> {
  await assert.rejects(
    get(change),
    (error) => error instanceof InputError && message.test(error.message),
  );
  assert.ok(!fs.existsSync(folder));
}

test("the rows of two Parquet files come in the order of their paths, with the commit, and without a token", async (t) => {
  const { hub, folder, get } = await setUp(t, {
    "data/train-00001.parquet": toParquetFile(withoutPage.slice(4)),
    "data/train-00000.parquet": toParquetFile(withoutPage.slice(0, 4)),
    "data/other.jsonl": toJsonlFile(rows),
  });
  const found = await get();
  assert.deepEqual(found, {
    repo,
    commit: "c0ffee",
    files: ["data/train-00000.parquet", "data/train-00001.parquet"],
    rows: withoutPage.map((row) => ({ ...row, page: "" })),
  });
  assert.deepEqual(fs.readdirSync(folder).sort(), ["rows.jsonl", "source.json"]);
  // The server answers 401 to a token that it does not know, and to none where a repository is private.
  hub.repos.get(`datasets/${repo}`)!.private = true;
  assert.deepEqual(await get(), found);
});

test("what was fetched is read from then on; another repository takes its place", async (t) => {
  const { hub, get } = await setUp(t, { "rows.parquet": toParquetFile(rows) });
  addDataset(hub, "me/others", { "rows.parquet": toParquetFile(rows.slice(0, 3)) });
  const found = await get();
  assert.deepEqual(hub.routes, ["info", "tree", "probe", "download", "stored"]);
  assert.deepEqual(await get(), found);
  assert.equal(hub.routes.length, 5);
  assert.equal((await get({ repo: "me/others" })).rows.length, 3);
  assert.deepEqual((await get()).rows, found.rows);
});

test("HF_ENDPOINT is the Hub where no other address is told", async (t) => {
  const { hub, get } = await setUp(t, { "rows.parquet": toParquetFile(rows) });
  process.env.HF_ENDPOINT = hub.url;
  t.after(() => delete process.env.HF_ENDPOINT);
  assert.equal((await get({ hubUrl: undefined })).rows.length, rows.length);
});

test("JSON Lines are read where there is no Parquet, and the Hub's own Parquet where there is neither", async (t) => {
  const { hub, get } = await setUp(t, { "all.jsonl": toJsonlFile(rows) });
  assert.deepEqual((await get()).rows, rows);
  addDataset(hub, "me/as-csv", { "rows.csv": Buffer.from("global_chunk_id,text\n") });
  const converted = new Map([["default/train/0000.parquet", toParquetFile(rows)]]);
  hub.repos.get("datasets/me/as-csv")!.converted = converted;
  const { commit, files, rows: found } = await get({ repo: "me/as-csv" });
  assert.deepEqual([commit, files, found], ["facade", [...converted.keys()], rows]);
});

test("ids that are texts become numbers in the order in which they first appear", async (t) => {
  const named = rows.map((row) => ({ ...row, global_chunk_id: `page-${9 - row.global_chunk_id}` }));
  const { get } = await setUp(t, { "rows.parquet": toParquetFile(named) });
  assert.deepEqual((await get()).rows, rows);
});

const [first] = rows;
const { answer: _, ...withoutAnswer } = first;
const unusable: [string, Record<string, Buffer>, RegExp][] = [
  [
    "a column is missing",
    { "data/a.parquet": toParquetFile([withoutAnswer]) },
    /^them\/their-questions, data\/a\.parquet .*has no column answer, only global_chunk_id, text, .*set published\.datasetRepo/,
  ],
  [
    "a row of JSON Lines lacks a value",
    { "a.jsonl": toJsonlFile([first, withoutAnswer]) },
    /^them\/their-questions, a\.jsonl, row 2 has no answer; set published\.datasetRepo/,
  ],
  [
    "a text is empty",
    { "a.parquet": toParquetFile([first, { ...rows[1], text: " \n" }]) },
    /a\.parquet, row 2 has an empty text/,
  ],
  [
    "a question number is none",
    { "a.jsonl": toJsonlFile([{ ...first, question_id: "one" }]) },
    /a\.jsonl, row 1 has a question_id that is no whole number/,
  ],
  [
    "a row stands in two files",
    { "a.jsonl": toJsonlFile(rows), "b.jsonl": toJsonlFile([first]) },
    /b\.jsonl, row 1 has chunk and question number of them\/their-questions, a\.jsonl, row 1/,
  ],
  ["there are no rows", { "a.jsonl": toJsonlFile([]) }, /^them\/their-questions has no rows/],
  ["there is no file of rows", {}, /^them\/their-questions has neither Parquet nor JSON Lines/],
  [
    "a file is no Parquet",
    { "a.parquet": Buffer.from("PAR1 and then nothing that one could read") },
    /a\.parquet cannot be read as Parquet \(/,
  ],
  [
    "a line is no JSON",
    { "a.jsonl": Buffer.from("{}\n{broken\n") },
    /a\.jsonl cannot be read as JSON Lines \(/,
  ],
];

for (const [fault, files, message] of unusable) {
  test(`refused, with its place, and nothing is written: ${fault}`, async (t) => {
    await assertRefused(await setUp(t, files), message);
  });
}

test("a dataset above the limit is refused before it is downloaded", async (t) => {
  const setup = await setUp(t, { "rows.parquet": toParquetFile(rows) });
  await assertRefused(setup, /has \d+ bytes of rows, more than the 100 that are taken/, {
    maxBytes: 100,
  });
  assert.deepEqual(setup.hub.routes, ["info", "tree"]);
});

test("a repository that is not there, or not public, is named", async (t) => {
  const setup = await setUp(t);
  const { hub } = setup;
  await assertRefused(
    setup,
    /has no dataset no\/where that anyone may read \(401\); set published/,
    {
      repo: "no/where",
    },
  );
  hub.fault = () => 404;
  await assertRefused(setup, /has no dataset them\/their-questions that anyone may read \(404\)/);
});

for (const route of ["info", "tree", "probe", "download", "stored"]) {
  for (const fault of [500, "cut"] as const) {
    test(`a Hub that fails at ${route} (${fault}): nothing is written, and run again it works`, async (t) => {
      const { hub, folder, get } = await setUp(t, { "rows.parquet": toParquetFile(rows) });
      hub.fault = (request) => (request.route === route ? fault : undefined);
      const said = /^them\/their-questions was not fetched: .*Nothing was written; run this again$/;
      await assert.rejects(get(), ({ message }: Error) => {
        assert.ok(!message.includes(signature), "a signed address is in the error");
        return said.test(message);
      });
      assert.ok(!fs.existsSync(folder));
      hub.fault = () => undefined;
      assert.equal((await get()).rows.length, rows.length);
    });
  }
}

test("an abort ends the download with the signal's reason, and nothing is written", async (t) => {
  const { hub, folder, get } = await setUp(t, { "rows.parquet": toParquetFile(rows) });
  const stop = new AbortController();
  const reason = new Error("interrupted");
  hub.fault = ({ route }) => {
    if (route === "stored") stop.abort(reason);
    return undefined;
  };
  await assert.rejects(get({ signal: stop.signal }), (error) => error === reason);
  assert.ok(!fs.existsSync(folder));
});
