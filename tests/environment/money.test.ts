import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import { makeNotebookProject, writeNotebook } from "./notebook-project";
import { type Ended, projectPython, projectRoot, runModule } from "./run-script";

const paid = { MRL_QUESTIONS_SOURCE: "openai", MRL_QUESTIONS_MODEL: "gpt-4.1" };

/** A project in which notebook 02 has left two chunks of one page. */
function makeProject(): string {
  const root = makeNotebookProject();
  const work = path.join(root, "data", "work", "smoke");
  fs.mkdirSync(work, { recursive: true });
  const chunks = ["A loom keeps state.", "A strand does not."].map((text, global_chunk_id) => {
    return JSON.stringify({ global_chunk_id, page: "core.html", text }) + "\n";
  });
  fs.writeFileSync(path.join(work, "chunks.jsonl"), chunks.join(""));
  return root;
}

/** Prints what is asked, and at the end the limit that was agreed on. */
function agree(root: string, answer: string, env: Record<string, string> = paid): Promise<Ended> {
  return runModule(
    `const { agreeOnCost } = await load("run/money.mjs");
     const run = { root: ${JSON.stringify(root)}, profile: "smoke", env: ${JSON.stringify(env)} };
     const ask = async (question) => { console.log(question); return ${answer} === "y"; };
     const agreed = await agreeOnCost(run, ${answer} === "--yes", console.log, ask);
     console.log("limit", agreed.MRL_QUESTIONS_MAX_USD ?? "none");`,
  );
}

describe("before money is spent", () => {
  it("pages, calls, tokens, dollars and hours are shown, and a no ends it there", async () => {
    const { code, stdout, stderr } = await agree(makeProject(), '"n"');
    assert.equal(code, 1);
    assert.match(stdout, /on 1 pages \(2 chunks\)/);
    // Two chunks and one in twenty again are three calls; a reply counts 220 tokens.
    assert.match(
      stdout,
      /questions {2}gpt-4\.1: 3 calls, \S+ tokens sent, 660 received, \$0\.00\d+/,
    );
    assert.match(
      stdout,
      /by the prices of \d{4}-\d\d-\d\d, and less than 0\.1 hours; spent already: \$0\.00/,
    );
    assert.match(stdout, /Spend up to \$0\.0\d+ in all\?/);
    assert.match(stderr, /^Nothing was spent\. --yes spends up to/);
  });

  it("a yes, or --yes, sets the limit, which is above the estimate", async () => {
    const root = makeProject();
    for (const answer of ['"y"', '"--yes"']) {
      const { code, stdout } = await agree(root, answer);
      const estimate = Number(/about \$(\S+) by/.exec(stdout)![1]);
      const limit = Number(/limit (\S+)/.exec(stdout)![1]);
      assert.equal(code, 0);
      assert.ok(
        limit >= 1.25 * estimate && limit <= 1.25 * estimate + 0.01,
        `${limit} ${estimate}`,
      );
    }
  });

  it("a limit of one's own is kept, and said to be too low where it is", async () => {
    const { stdout } = await agree(makeProject(), '"y"', {
      ...paid,
      MRL_QUESTIONS_MAX_USD: "0.001",
    });
    assert.match(stdout, /allows \$0\.0010: it will stop when that is reached/);
    assert.match(stdout, /limit 0\.001/);
  });

  it("recorded answers and a server on this machine are not worth a question", async () => {
    const own = { MRL_QUESTIONS_BASE_URL: "http://127.0.0.1:9/v1", MRL_QUESTIONS_MODEL: "mine" };
    const free: Record<string, string>[] = [{}, { ...paid, ...own }];
    for (const env of free) {
      const { stdout } = await agree(makeProject(), '"n"', env);
      assert.equal(stdout, "limit none\n");
    }
  });

  it("a model without a price ends in one line", async () => {
    const { stderr } = await agree(makeProject(), '"y"', { ...paid, MRL_QUESTIONS_MODEL: "mine" });
    assert.match(stderr, /^no price is known for "mine"; add it to prices\.json.*\n$/);
  });
});

describe("npm start in a paid profile", () => {
  const script = path.join(projectRoot, "environment", "run-notebooks.mjs");
  const setUp = (): { root: string; args: string[]; env: NodeJS.ProcessEnv } => {
    const root = makeProject();
    writeNotebook(root, "03-asks", ["console.log(process.env.MRL_QUESTIONS_MAX_USD)"], {
      ...{ reads: ["chunks.jsonl"], writes: [], spends: true },
    });
    const args = [script, "--profile", "smoke", "--root", root];
    return { root, args, env: { ...process.env, ...paid } };
  };

  it("without a terminal and without --yes it stops before the notebook", () => {
    const { root, args, env } = setUp();
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /Nothing was spent/);
    assert.ok(!fs.existsSync(path.join(root, "data/work/smoke/notebooks/03-asks.ipynb")));
  });

  it("on a terminal it asks, and the notebook gets the limit", () => {
    const { root, args, env } = setUp();
    const terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    const command = ["-c", terminal, process.execPath, ...args];
    const ran = spawnSync(projectPython, command, { env, encoding: "utf8", input: "y\n" });
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /Spend up to \$0\.0\d+ in all\? \[y\/N\]/);
    const file = path.join(root, "data/work/smoke/notebooks/03-asks.ipynb");
    assert.match(fs.readFileSync(file, "utf8"), /"0\.0\d+\\n"/);
  });
});
