import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { it } from "node:test";
import { projectRoot } from "./run-script";

/** Puts the statements after the imports into an async function. */
function wrap(example: string): string {
  const lines = example.split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const rest = lines.filter((line) => !line.startsWith("import "));
  return `${imports.join("\n")}\nexport async function example() {\n${rest.join("\n")}\n}\n`;
}

it("the example in lib/README.md compiles against the library, and uses all its modules", () => {
  const text = fs.readFileSync(path.join(projectRoot, "lib", "README.md"), "utf8");
  const [, example] = /```ts\n(.*?)```/s.exec(text) ?? [];
  const modules = fs.readdirSync(path.join(projectRoot, "lib", "src")).sort();
  const imported = [...example.matchAll(/from "mrl\/(\w+)"/g)].map(([, name]) => name).sort();
  assert.deepEqual(imported, modules);
  const folder = path.join(projectRoot, "tests", ".build", "readme-example");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "example.ts"), wrap(example));
  const options = {
    noEmit: true,
    incremental: false,
    composite: false,
    rootDir: ".",
    declaration: false,
  };
  const compilerOptions = { ...options, isolatedDeclarations: false, noUnusedLocals: false };
  const config = { extends: "../../../tsconfig.json", compilerOptions, files: ["example.ts"] };
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = path.join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  assert.equal(result.stdout, "");
});
