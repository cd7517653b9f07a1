import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import * as vm from "node:vm";
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

/** Begins work that, once stopped, takes until `saved` resolves to save; `begun` says when it is under way. */
function beginWork(saved: Promise<unknown>): { begun: Promise<void>; work: Promise<never> } {
  let start = (): void => {};
  const begun = new Promise<void>((resolve) => (start = resolve));
  const work = stopOnInterrupt(async (signal): Promise<never> => {
    start();
    await once(signal, "abort");
    await saved;
    throw signal.reason;
  });
  return { begun, work };
}

test("an interrupt stops the work and the kernel does not hear of it", async () => {
  const { begun, work } = beginWork(wait(100));
  const stopped = assert.rejects(work, { name: "Interrupt", message: /run this cell again/ });
  await begun;
  await interrupt();
  await stopped;
  assert.equal(heardByKernel, 0);
});

test("an interrupt stops work that a cell began, and the process lives on", async () => {
  // As tslab runs a cell: Node puts all listeners aside until the script's synchronous part is over, and a listener
  // that is added meanwhile leaves the signal to its default action, which is to die.
  Object.assign(globalThis, { beginWork });
  const cell = "beginWork(Promise.resolve())";
  const ran = vm.runInThisContext(cell, { breakOnSigint: true }) as ReturnType<typeof beginWork>;
  const stopped = assert.rejects(ran.work, { name: "Interrupt" });
  await ran.begun;
  await interrupt();
  await stopped;
  assert.equal(heardByKernel, 0);
});

test("a second interrupt, while the work is saving, reaches the kernel", async () => {
  let finishSaving = (): void => {};
  const saved = new Promise<void>((resolve) => (finishSaving = resolve));
  const { begun, work } = beginWork(saved);
  const stopped = assert.rejects(work);
  await begun;
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
