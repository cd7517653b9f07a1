import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { InputError } from "mrl/common";
import { type UploadEvent, type UploadOptions, prepareDatasetFolder } from "mrl/hub";
import type { HubServer } from "./hub-server";
import { largeBytes, setUp } from "./upload-setup";
import { createWorkFolder } from "./work-folder";

const contentOf = (hub: HubServer, repo: string): Record<string, string> =>
  Object.fromEntries(
    [...hub.repos.get(repo)!.files].map(([name, content]) => [name, content.toString("base64")]),
  );

test("a dry run is the default: it lists files and sizes and sends nothing", async (t) => {
  const { hub, folder, send } = await setUp(t);
  const result = await send({ dryRun: undefined, accessToken: undefined });
  assert.equal(result.dryRun, true);
  assert.equal(result.url, `${hub.url}/me/finder`);
  assert.equal(result.files.find((file) => file.path === "model.safetensors")?.bytes, largeBytes);
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  assert.equal(result.files.length, entries.filter((entry) => entry.isFile()).length);
  assert.deepEqual([hub.routes, result.sent], [[], []]);
});

test("an upload creates a private repository with exactly the folder's files", async (t) => {
  const { hub, folder, send } = await setUp(t);
  const result = await send();
  const repo = hub.repos.get("models/me/finder")!;
  assert.equal(repo.private, true);
  assert.equal(repo.commits, 1);
  assert.equal(result.commitUrl, `${hub.url}/commit/1`);
  const { ".gitattributes": _, ...stored } = contentOf(hub, "models/me/finder");
  const local = result.files.map((file) => [
    file.path,
    fs.readFileSync(path.join(folder, file.path)).toString("base64"),
  ]);
  assert.deepEqual(stored, Object.fromEntries(local));
  assert.deepEqual(result.sent, result.files);
});

test("a dataset goes to a dataset repository, public where that is asked for", async (t) => {
  const { hub, send } = await setUp(t);
  const { folder } = prepareDatasetFolder(createWorkFolder());
  const repo = { type: "dataset", name: "me/weft" } as const;
  const result = await send({ folder, repo, visibility: "public" });
  assert.equal(result.url, `${hub.url}/datasets/me/weft`);
  assert.equal(hub.repos.get("datasets/me/weft")!.private, false);
  assert.equal(hub.repos.get("datasets/me/weft")!.files.size, 9 + 1);
});

test("large files go through LFS, not through Xet", async (t) => {
  const { hub, send } = await setUp(t);
  await send();
  assert.deepEqual(hub.transfers, [["basic", "multipart"]]);
  assert.equal(hub.routes.filter((route) => route === "put").length, 1);
});

test("the steps come in order and a large file's share grows to one", async (t) => {
  const { send } = await setUp(t);
  const events: UploadEvent[] = [];
  await send({ onEvent: (event) => events.push(event) });
  assert.deepEqual(
    events.flatMap((event) => (event.type === "step" ? [event.step] : [])),
    ["creating", "comparing", "preuploading", "uploading", "committing"],
  );
  const shares = events.flatMap((event) =>
    event.type === "file" && event.path === "model.safetensors" && event.state === "uploading"
      ? [event.share]
      : [],
  );
  assert.ok(shares.length > 5, `only ${shares.length} reports for 3 MB`);
  assert.deepEqual(
    shares,
    [...shares].sort((a, b) => a - b),
  );
  assert.equal(shares.at(-1), 1);
});

test("a second upload sends only what changed, and nothing when nothing did", async (t) => {
  const { hub, folder, send } = await setUp(t);
  await send();
  hub.routes.length = 0;
  const same = await send();
  assert.deepEqual([same.sent, same.commitUrl], [[], undefined]);
  assert.deepEqual(hub.routes, ["create", "tree"]);
  fs.appendFileSync(path.join(folder, "README.md"), "More.\n");
  const changed = await send();
  assert.deepEqual(
    changed.sent.map((file) => file.path),
    ["README.md"],
  );
  assert.ok(!hub.routes.includes("put"));
  assert.equal(hub.repos.get("models/me/finder")!.commits, 2);
});

const refusals: [string, Partial<UploadOptions>, RegExp][] = [
  [
    "no token",
    { accessToken: undefined },
    /set HF_TOKEN, in the environment or in \.env, to an access token/,
  ],
  ["a token of another service", { accessToken: "sk-secret" }, /no access token of the Hub/],
  [
    "the placeholder's name",
    { repo: { type: "model", name: "your-name/finder" } },
    /set publish\.modelRepo .* to names of your own/,
  ],
  ["a folder that is not there", { folder: "/nowhere" }, /\/nowhere is missing; prepare it first/],
];

for (const [name, change, message] of refusals) {
  test(`${name} is refused before anything is sent`, async (t) => {
    const { hub, send } = await setUp(t);
    await assert.rejects(send(change), (error: Error) => {
      assert.match(error.message, message);
      return error instanceof InputError && !error.message.includes("sk-secret");
    });
    assert.deepEqual(hub.routes, []);
  });
}
