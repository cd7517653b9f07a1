import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "mrl/questions";
import { completion, startStub } from "./stub-server";

const ask = (client: ReturnType<typeof createClient>, signal?: AbortSignal): Promise<unknown> =>
  client.chat.completions.create(
    { model: "stub", messages: [{ role: "user", content: "Hello" }] },
    { signal },
  );

test("600 requests a minute are one each 100 ms, however many are asked for at once", async (t) => {
  const times: number[] = [];
  const stub = await startStub(() => {
    times.push(performance.now());
    return { body: completion("hi") };
  });
  t.after(stub.close);
  const client = createClient({ baseUrl: stub.url, apiKey: "none", requestsPerMinute: 600 });
  const started = performance.now();
  await Promise.all([1, 2, 3, 4].map(() => ask(client)));
  assert.ok(performance.now() - started >= 300);
  // A turn may be late, and the next then comes sooner after it, but never the fourth before 300 ms.
  assert.ok(times[3] - started >= 300, `${times[3] - started} ms`);
});

test("what one request is told to wait, all wait", async (t) => {
  const times: number[] = [];
  const stub = await startStub((_, index) => {
    times.push(performance.now());
    if (index > 0) return { body: completion("hi") };
    return { status: 429, headers: { "retry-after": "1" }, body: { error: { message: "slow" } } };
  });
  t.after(stub.close);
  const client = createClient({ baseUrl: stub.url, apiKey: "none" });
  const first = ask(client);
  while (times.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.all([first, ask(client)]);
  assert.equal(times.length, 3);
  assert.ok(times[1] - times[0] >= 950, `the second came after ${times[1] - times[0]} ms`);
});

test("the time limit of a request begins with its turn, and a wait can be ended", async (t) => {
  const stub = await startStub(() => ({ body: completion("hi") }));
  t.after(stub.close);
  const limits = { requestsPerMinute: 100, timeoutMs: 300, maxRetries: 0 };
  const client = createClient({ baseUrl: stub.url, apiKey: "none", ...limits });
  // The second waits 600 ms for its turn, twice its time limit.
  await Promise.all([ask(client), ask(client)]);
  await assert.rejects(ask(client, AbortSignal.timeout(50)), /aborted/);
  assert.equal(stub.requests.length, 2);
});

test("a server that does not answer in time is given up", async (t) => {
  const stub = await startStub(() => ({ body: completion("late"), delayMs: 60_000 }));
  t.after(stub.close);
  const client = createClient({ baseUrl: stub.url, apiKey: "none", timeoutMs: 50, maxRetries: 0 });
  await assert.rejects(ask(client), /timed out/i);
});
