import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, it } from "node:test";
import { type Ended, makeFolder, makeProject, projectPython, projectRoot } from "./run-script";
import { runModule, withoutRegistry } from "./run-script";

const real = path.join(projectRoot, "environment", ".cache", "models", "all-MiniLM-L6-v2");

/** The real folder with links to its files, but weights of which one byte is another. */
function makeDamagedModel(folder: string): string {
  fs.cpSync(real, folder, { recursive: true });
  const handle = fs.openSync(path.join(folder, "model.safetensors"), "r+");
  fs.writeSync(handle, Buffer.from([1]), 0, 1, 50_000_000);
  fs.closeSync(handle);
  return folder;
}

function runModelStep(root: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return runModule(
    `const { modelStep } = await load("setup/models.mjs");
     const context = createContext(${JSON.stringify(root)}, "smoke");
     await modelStep.run({ ...context, python: ${JSON.stringify(projectPython)} }, () => {});
     console.log(modelStep.isFresh(context));`,
    env,
  );
}

describe("the base model", () => {
  it("comes from a folder that MRL_MODEL_FOLDER names, without a registry", async () => {
    const root = makeProject();
    const env = { ...withoutRegistry(root), MRL_MODEL_FOLDER: real };
    const ended = await runModelStep(root, env);
    assert.deepEqual([ended.code, ended.stdout], [0, "true\n"], ended.stderr);
    const copy = path.join(root, "environment", ".cache", "models", "all-MiniLM-L6-v2");
    assert.deepEqual(fs.readdirSync(copy).sort(), fs.readdirSync(real).sort());
  });

  it("is refused with both checksums where one byte of the weights is another", async () => {
    const root = makeProject();
    const damaged = makeDamagedModel(path.join(makeFolder(), "model"));
    const env = { ...withoutRegistry(root), MRL_MODEL_FOLDER: damaged };
    const ended = await runModelStep(root, env);
    assert.equal(ended.code, 1);
    assert.match(
      ended.stderr,
      /^[^\n]*wrong checksum: SHA-256 [0-9a-f]{64} instead of 53aa[^\n]*\n$/,
    );
    assert.deepEqual(fs.readdirSync(path.join(root, "environment", ".cache", "models")), []);
  });

  it("is not believed from the cache either, and stays there until a right one has come", async () => {
    const root = makeProject();
    const cached = path.join(root, "environment", ".cache", "models", "all-MiniLM-L6-v2");
    makeDamagedModel(cached);
    const ended = await runModelStep(root, withoutRegistry(root));
    assert.equal(ended.code, 1);
    assert.match(
      ended.stderr,
      /^Downloading the base model [^\n]*registry cannot be reached[^\n]*\n$/,
    );
    assert.ok(fs.existsSync(path.join(cached, "model.safetensors")));
    const mended = await runModelStep(root, { ...withoutRegistry(root), MRL_MODEL_FOLDER: real });
    assert.deepEqual([mended.code, mended.stdout], [0, "true\n"], mended.stderr);
  });
});
