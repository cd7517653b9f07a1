import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import test from "node:test";
import { serveFolder } from "mrl/corpus";

async function withFolder(use: (url: string, folder: string) => Promise<void>): Promise<void> {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-serve-"));
  const folder = path.join(parent, "site");
  fs.mkdirSync(path.join(folder, "core"), { recursive: true });
  fs.writeFileSync(path.join(parent, "secret.txt"), "secret");
  fs.writeFileSync(path.join(folder, ".hidden"), "hidden");
  fs.writeFileSync(path.join(folder, "index.html"), "<p>start</p>");
  fs.writeFileSync(path.join(folder, "core", "index.html"), "<p>core é</p>");
  fs.writeFileSync(path.join(folder, "a b.json"), "{}");
  fs.symlinkSync(path.join(parent, "secret.txt"), path.join(folder, "link.txt"));
  const server = await serveFolder(folder);
  try {
    await use(server.url, folder);
  } finally {
    await server.close();
    fs.rmSync(parent, { recursive: true });
  }
}

/** The status line of a request whose target is sent as it is; `fetch` would resolve the dots. */
function rawStatus(url: string, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1", () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let reply = "";
    socket.on("data", (data) => (reply += data.toString()));
    socket.on("end", () => resolve(reply));
    socket.on("error", reject);
  });
}

test("files come with their type and length", () =>
  withFolder(async (url) => {
    const page = await fetch(url);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await page.text(), "<p>start</p>");
    const json = await fetch(`${url}a%20b.json?query`);
    assert.equal(json.headers.get("content-type"), "application/json");
    assert.equal(json.headers.get("content-length"), "2");
  }));

test("a folder's address leads to its slash, and there to its index.html", () =>
  withFolder(async (url) => {
    const bare = await fetch(`${url}core`, { redirect: "manual" });
    assert.deepEqual([bare.status, bare.headers.get("location")], [301, "/core/"]);
    assert.equal(await (await fetch(`${url}core/`)).text(), "<p>core é</p>");
  }));

test("HEAD gives the headers of GET without a body", () =>
  withFolder(async (url) => {
    const head = await fetch(url, { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, "12"]);
    assert.equal(await head.text(), "");
  }));

test("a known ETag is answered 304, a changed file is sent again", () =>
  withFolder(async (url, folder) => {
    const etag = (await fetch(url)).headers.get("etag") ?? "";
    const headers = { "if-none-match": etag };
    assert.equal((await fetch(url, { headers })).status, 304);
    fs.writeFileSync(path.join(folder, "index.html"), "<p>changed</p>");
    assert.equal((await fetch(url, { headers })).status, 200);
  }));

test("what is not there is 404, hidden files too, and other methods are 405", () =>
  withFolder(async (url) => {
    const longName = "x".repeat(400);
    assert.equal((await fetch(`${url}nothing.html`)).status, 404);
    assert.equal((await fetch(`${url}index.html/below`)).status, 404);
    assert.equal((await fetch(`${url}.hidden`)).status, 404);
    assert.equal((await fetch(url + longName)).status, 404);
    assert.equal((await fetch(url, { method: "POST" })).status, 405);
    assert.equal((await fetch(url)).status, 200, "it still serves");
  }));

for (const target of [
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/core/..%2f..%2fsecret.txt",
  "/..%5csecret.txt",
  "/link.txt",
]) {
  test(`nothing outside the folder is served: ${target} is 403`, () =>
    withFolder(async (url) => {
      const reply = await rawStatus(url, target);
      assert.match(reply, /^HTTP\/1\.1 403 /);
      assert.doesNotMatch(reply, /secret$/);
    }));
}

test("a broken escape, a NUL and a target without slash are 400", () =>
  withFolder(async (url) => {
    for (const target of ["/%zz", "/a%00b", "index.html"])
      assert.match(await rawStatus(url, target), /^HTTP\/1\.1 400 /, target);
  }));

test("after close the port is free, and a taken port is refused", () =>
  withFolder(async (url, folder) => {
    const port = Number(new URL(url).port);
    await assert.rejects(serveFolder(folder, { port }), /EADDRINUSE/);
    const other = await serveFolder(folder);
    await other.close();
    await assert.rejects(fetch(other.url));
  }));
