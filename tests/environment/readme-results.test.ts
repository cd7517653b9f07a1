import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import { type Ended, makeFolder, runModule } from "./run-script";

const bm25 = { unseen: { "ndcg@10": 0.7141 }, seen: { "ndcg@10": 0.5 } };
const results = {
  queries: { unseen: 30, seen: 7 },
  base: {
    unseen: { "dim_64_cosine_ndcg@10": 0.5, "dim_128_cosine_ndcg@10": 0.61, "dim_64_mrr@10": 0.1 },
    seen: { "dim_64_cosine_ndcg@10": 0.4, "dim_128_cosine_ndcg@10": 0.45 },
  },
  tuned: {
    unseen: { "dim_64_cosine_ndcg@10": 0.5625, "dim_128_cosine_ndcg@10": 0.7 },
    seen: { "dim_64_cosine_ndcg@10": 0.3999, "dim_128_cosine_ndcg@10": 0.55 },
  },
};

function makeProject(content: object, readme: string): string {
  const root = makeFolder();
  const workDir = path.join(root, "data", "work", "smoke");
  fs.mkdirSync(workDir, { recursive: true });
  fs.mkdirSync(path.join(root, "notebooks"));
  fs.writeFileSync(path.join(root, "README.md"), readme);
  fs.writeFileSync(path.join(workDir, "results.json"), JSON.stringify(content));
  return root;
}

function writeReadme(root: string): Promise<Ended> {
  return runModule(
    `const { main } = await load("run/readme.mjs");
     await main(["--profile", "smoke", "--root", ${JSON.stringify(root)}]);
     return process.exitCode;`,
  );
}

const readme = "before\n<!-- results:begin -->\nold\n<!-- results:end -->\nafter\n";

describe("the results in the README", () => {
  it("are base, tuned and gain by dimension, largest first, and stay the same when written again", async () => {
    const root = makeProject(results, readme);
    assert.equal((await writeReadme(root)).code, 0);
    const text = fs.readFileSync(path.join(root, "README.md"), "utf8");
    // 0.5625 - 0.5 rounds to 0.063, 0.3999 - 0.4 to a gain of -0.000.
    const rows = text.split("\n").filter((line) => /^\| \d/.test(line));
    assert.deepEqual(rows, [
      "| 128 | 0.610 | 0.700 | +0.090 | 0.450 | 0.550 | +0.100 |",
      "| 64 | 0.500 | 0.563 | +0.063 | 0.400 | 0.400 | -0.000 |",
    ]);
    assert.match(text, /unseen, n = 30.*seen, n = 7/);
    assert.ok(text.startsWith("before\n") && text.endsWith("\nafter\n") && !text.includes("old"));
    assert.equal((await writeReadme(root)).code, 0);
    assert.equal(fs.readFileSync(path.join(root, "README.md"), "utf8"), text);
  });

  it("name what BM25 scores where the run has measured it", async () => {
    const root = makeProject({ ...results, bm25 }, readme);
    await writeReadme(root);
    const text = fs.readFileSync(path.join(root, "README.md"), "utf8");
    assert.match(text, /BM25.* scores 0\.714 on the unseen and 0\.500 on the seen questions/);
  });

  it("have a picture with a line a model and set, higher where the score is higher", async () => {
    const root = makeProject(results, readme);
    await writeReadme(root);
    const svg = fs.readFileSync(path.join(root, "notebooks", "results.svg"), "utf8");
    const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) =>
      points.split(" ").map((point) => Number(point.split(",")[1])),
    );
    assert.equal(lines.length, 4);
    const [base, tuned] = lines;
    assert.ok(tuned[0] < base[0] && tuned[1] < base[1] && base[0] < base[1]);
    // The dimensions run as in the table: the largest on the left, in both panels.
    const dims = [...svg.matchAll(/text-anchor="middle">(\d+)</g)].map(([, dim]) => dim);
    assert.deepEqual(dims, ["128", "64", "128", "64"]);
  });

  it("are not written where the tuned model or the markers are missing", async () => {
    const untrained = await writeReadme(makeProject({ base: results.base }, readme));
    assert.match(untrained.stderr, /no tuned model yet: npm start/);
    const unmarked = makeProject(results, "no markers\n");
    assert.match((await writeReadme(unmarked)).stderr, /README\.md lacks the lines/);
    assert.equal(fs.readFileSync(path.join(unmarked, "README.md"), "utf8"), "no markers\n");
    assert.equal(fs.existsSync(path.join(unmarked, "notebooks", "results.svg")), false);
  });
});
