import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import {
  type Ended,
  makeFolder,
  makeProject,
  projectPython,
  runModule,
  runSetup,
  withoutRegistry,
} from "./run-script";

/** One line, exit code 1: the promise of every expected failure. */
function assertOneLine(ended: Ended, ...said: RegExp[]): void {
  assert.equal(ended.code, 1, ended.stderr + ended.stdout);
  assert.match(ended.stderr, /^[^\n]+\n$/);
  for (const pattern of said) assert.match(ended.stderr, pattern);
}

/** A folder of commands to be the whole PATH. */
function makeCommands(commands: Record<string, string>): string {
  const folder = makeFolder();
  for (const [name, script] of Object.entries(commands)) {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

function fakeNode(version: string): string[] {
  const file = path.join(makeFolder(), "version.cjs");
  const versions = `{ ...process.versions, node: "${version}" }`;
  fs.writeFileSync(file, `Object.defineProperty(process, "versions", { value: ${versions} });`);
  return ["--require", file];
}

describe("the set-up", () => {
  it("says nothing and takes under 2 s the second time", async () => {
    assert.equal((await runSetup([])).code, 0);
    const ended = await runSetup([]);
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
    assert.ok(ended.seconds < 2, `${ended.seconds} s`);
  });

  for (const [version, problem] of [
    ["18.20.4", "too old"],
    ["20.18.3", "too old"],
    ["23.0.0", "too new"],
  ]) {
    it(`refuses Node ${version} as ${problem} and names a version that works`, async () => {
      const ended = await runSetup(["--root", makeFolder()], process.env, fakeNode(version));
      assertOneLine(ended, new RegExp(`Node ${version} is ${problem}: install Node 22`));
    });
  }

  it("goes on with Node 20.19 and 22", async () => {
    const env = { ...process.env, PATH: makeCommands({}) };
    for (const version of ["20.19.0", "22.21.1"]) {
      const ended = await runSetup(["--root", makeProject()], env, fakeNode(version));
      assertOneLine(ended, /^Python 3.11 or newer/);
    }
  });

  it("names Python and how to install it where there is none", async () => {
    const env = { ...process.env, PATH: makeCommands({}) };
    const ended = await runSetup(["--root", makeProject()], env);
    assertOneLine(ended, /none was found on the PATH/, /apt install python3 python3-venv/);
  });

  it("names the version of a Python that is too old", async () => {
    const python = `exec ${projectPython} -c 'import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])' "$2"`;
    const env = { ...process.env, PATH: makeCommands({ python3: python }) };
    const ended = await runSetup(["--root", makeProject()], env);
    assertOneLine(ended, /python3 is Python 3\.9, too old/);
  });

  it("names the module that Debian's Python lacks, and its package", async () => {
    const python = `exec ${projectPython} -c 'import sys; sys.modules["ensurepip"] = None; exec(sys.argv[1])' "$2"`;
    const env = { ...process.env, PATH: makeCommands({ python3: python }) };
    const ended = await runSetup(["--root", makeProject()], env);
    assertOneLine(ended, /lacks ensurepip: install python3\.\d+-venv/);
  });

  it("says how much space is missing before it begins", async () => {
    const root = makeProject();
    const env = { ...process.env, MRL_SETUP_FREE_BYTES: "5000000" };
    const ended = await runSetup(["--root", root], env);
    assertOneLine(ended, /is full: ".*" needs 1\.20 GB, 5\.0 MB are free\. Free some space/);
    assert.equal(fs.existsSync(path.join(root, "environment", "venv")), false);
  });

  it("says that the disk is full where it fills on the way", async (context) => {
    const disk = makeFolder();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]);
    if (mounted.status !== 0) return context.skip("only root can mount a small disk");
    try {
      const root = makeProject(disk);
      const env = { ...withoutRegistry(root), MRL_SETUP_FREE_BYTES: "1e12" };
      const ended = await runSetup(["--root", root], env);
      assertOneLine(ended, /the disk is full .*Free some space and run this again/);
    } finally {
      spawnSync("umount", [disk]);
    }
  });

  it("names a mistyped option and a profile that does not exist", async () => {
    assertOneLine(
      await runSetup(["--rot", "x"]),
      /"--rot" is no option; there are --profile, --root/,
    );
    assertOneLine(await runSetup(["--profile", "big"]), /"big"; there are smoke, sample, seed/);
  });
});

describe("without a registry", () => {
  const root = makeProject();
  const env = withoutRegistry(root);

  it("the set-up says that the registry cannot be reached and what to check", async () => {
    const ended = await runSetup(["--root", root], env);
    assertOneLine(ended, /package registry cannot be reached/, /Check the network, proxy/);
  });

  it("a machine without a compiler is told to install g++", async () => {
    const ended = await runModule(
      `const { findCompiler } = await load("setup/addon.mjs");
       await findCompiler(createContext(${JSON.stringify(root)}, "smoke"), () => {});`,
      { ...env, PATH: makeCommands({}) },
    );
    assertOneLine(
      ended,
      /No C\+\+ compiler \(g\+\+, c\+\+, clang\+\+\) was found/,
      /apt install g\+\+/,
    );
  });

  it("npm packages that are there stay there", async () => {
    const kept = path.join(root, "node_modules", "kept.txt");
    fs.mkdirSync(path.dirname(kept));
    fs.writeFileSync(kept, "kept");
    const ended = await runModule(
      `const { packagesStep } = await load("setup/packages.mjs");
       await packagesStep.run(createContext(${JSON.stringify(root)}, "smoke"), () => {});`,
      env,
    );
    assertOneLine(ended, /Installing the npm packages failed: the package registry/);
    assert.equal(fs.readFileSync(kept, "utf8"), "kept");
  });
});
