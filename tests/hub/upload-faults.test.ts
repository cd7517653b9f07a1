import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "mrl/common";
import type { UploadEvent } from "mrl/hub";
import { signature, token } from "./hub-routes";
import type { HubServer } from "./hub-server";
import { setUp } from "./upload-setup";

const faults: [string, (hub: HubServer) => void][] = [
  ["a 500 while a large file is sent", (hub) => failOn(hub, "put", 500)],
  ["a connection cut while a large file is sent", (hub) => failOn(hub, "put", "cut")],
  [
    "a 409 at the commit, since someone else has committed meanwhile,",
    (hub) => failOn(hub, "commit", 409),
  ],
  ["a 500 at the commit", (hub) => failOn(hub, "commit", 500)],
  ["a 429 at the start", (hub) => failOn(hub, "create", 429)],
  ["a 503 for the list of files", (hub) => failOn(hub, "tree", 503)],
];

function failOn(hub: HubServer, route: string, fault: number | "cut"): void {
  hub.fault = (request) => (request.route === route ? fault : undefined);
}

for (const [name, spoil] of faults) {
  test(`${name}: nothing is called published, and running it again publishes`, async (t) => {
    const { hub, send } = await setUp(t);
    spoil(hub);
    await assert.rejects(send(), (error: Error) => {
      assert.match(error.message, /^me\/finder was not published: .* run this again/);
      assert.ok(!error.message.includes(token), "the token is in the error");
      assert.ok(!error.message.includes(signature), "a signed address is in the error");
      return true;
    });
    assert.equal(hub.repos.get("models/me/finder")?.commits ?? 0, 0);
    hub.fault = () => undefined;
    assert.ok((await send()).commitUrl);
    assert.equal(hub.repos.get("models/me/finder")?.commits, 1);
  });
}

test("what was sent before a failure is not sent again", async (t) => {
  const { hub, send } = await setUp(t);
  failOn(hub, "commit", 500);
  await assert.rejects(send());
  hub.fault = () => undefined;
  hub.routes.length = 0;
  await send();
  assert.deepEqual(hub.routes, ["create", "tree", "preupload", "batch", "commit"]);
});

test("a token that the Hub does not know, or that may not write, is told apart", async (t) => {
  const { hub, send } = await setUp(t);
  const other = "hf_anothertoken";
  await assert.rejects(send({ accessToken: other }), (error: Error) => {
    assert.match(error.message, /does not know this token \(401\); .* set HF_TOKEN/);
    return error instanceof InputError && !error.message.includes(other);
  });
  failOn(hub, "create", 403);
  await assert.rejects(send(), /may not write to me\/finder \(403\)/);
});

test("an abort stops in the middle of a file with the signal's reason; nothing is committed", async (t) => {
  const { hub, send } = await setUp(t);
  const stop = new AbortController();
  const reason = new Error("interrupted");
  const onEvent = (event: UploadEvent): void => {
    if (event.type === "file" && event.state === "uploading" && event.share > 0.1)
      stop.abort(reason);
  };
  await assert.rejects(send({ signal: stop.signal, onEvent }), (error) => error === reason);
  assert.equal(hub.repos.get("models/me/finder")!.commits, 0);
  await assert.rejects(send({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

test("a Hub that is not there ends in an error that says so", async (t) => {
  const { hub, send } = await setUp(t);
  await hub.stop();
  await assert.rejects(send(), /me\/finder was not published: fetch failed: .*ECONNREFUSED/);
});
