import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { stopOnInterrupt } from "mrl/notebook";

// A kernel listens to SIGINT and ends the running cell at once; here it counts.
let heardByKernel = 0;
const kernel = (): void => void heardByKernel++;

beforeEach(() => {
  heardByKernel = 0;
  process.on("SIGINT", kernel);
});
afterEach(() => void process.off("SIGINT", kernel));

/** Sends a real signal and waits until this process has taken it. */
async function interrupt(): Promise<void> {
  process.kill(process.pid, "SIGINT");
  await wait(50);
}

/** Work that, once stopped, takes until `saved` resolves to save. */
async function saveWhenStopped(signal: AbortSignal, saved: Promise<unknown>): Promise<never> {
  await once(signal, "abort");
  await saved;
  throw signal.reason;
}

test("an interrupt stops the work and the kernel does not hear of it", async () => {
  const saved = wait(100);
  const work = stopOnInterrupt((signal) => saveWhenStopped(signal, saved));
  const stopped = assert.rejects(work, { name: "Interrupt", message: /run this cell again/ });
  await wait(20);
  await interrupt();
  await stopped;
  assert.equal(heardByKernel, 0);
});

test("a second interrupt, while the work is saving, reaches the kernel", async () => {
  let finishSaving = (): void => {};
  const saved = new Promise<void>((resolve) => (finishSaving = resolve));
  const stopped = assert.rejects(stopOnInterrupt((signal) => saveWhenStopped(signal, saved)));
  await wait(20);
  await interrupt();
  assert.equal(heardByKernel, 0);
  await interrupt();
  assert.equal(heardByKernel, 1);
  finishSaving();
  await stopped;
});

test("after the work, whether it succeeds or fails, interrupts go to the kernel again, once each", async () => {
  assert.equal(await stopOnInterrupt(async () => 7), 7);
  await assert.rejects(
    stopOnInterrupt(() => Promise.reject(new Error("no pairs"))),
    /no pairs/,
  );
  assert.deepEqual(process.listeners("SIGINT"), [kernel]);
  await interrupt();
  assert.equal(heardByKernel, 1);
});
