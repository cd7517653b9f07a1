import assert from "node:assert/strict";
import { after, test } from "node:test";
import { stopOnInterrupt, trackTraining } from "mrl/notebook";
import { fineTune, type FineTuneOptions, type TrainingEvent } from "mrl/training";
import { createRunFolder, openModel, options, pairs, removeFolders } from "../training/tiny-run";
import { inKernel, type Output } from "./fake-kernel";

after(removeFolders);

const textOf = (output: Output | undefined): string => String(output?.data["text/plain"]);

/** Trains the tiny model as notebook 06 does; a real SIGINT comes after update `interruptAt`. */
async function train(run: Partial<FineTuneOptions>, interruptAt?: number): Promise<Output[]> {
  const model = await openModel();
  return inKernel(async () => {
    const show = trackTraining();
    const onEvent = (event: TrainingEvent): void => {
      show(event);
      if (event.type === "update" && event.update === interruptAt)
        process.kill(process.pid, "SIGINT");
    };
    const work = stopOnInterrupt((signal) =>
      fineTune(model, pairs, { ...options, ...run, resume: true, signal, onEvent }),
    );
    if (interruptAt === undefined) await work;
    else await assert.rejects(work, { name: "Interrupt" });
  });
}

test("an interrupt stops training, saves and says so; the next run says that it goes on from there", async () => {
  const outputDir = createRunFolder();
  const last = textOf((await train({ outputDir }, 4)).at(-1));
  // The signal arrives while update 5 is computed, or just after it.
  const [, update, updates] =
    /^Training: stopped after update (\d+) of (\d+) and saved; run this cell again and it goes on from there/.exec(
      last,
    ) ?? [];
  assert.ok(Number(update) === 4 || Number(update) === 5, last);
  const outputs = await train({ outputDir });
  assert.match(textOf(outputs[0]), new RegExp(`${update} of ${updates} updates`));
  const lines = outputs.map(textOf);
  assert.ok(
    lines.some((line) => line.includes(`on from update ${update}`)),
    lines.join("\n"),
  );
  assert.match(lines.at(-1)!, new RegExp(`^Training: ${updates} updates, went on from`));
});

test("a run without a folder says that nothing was saved", async () => {
  assert.match(textOf((await train({}, 2)).at(-1)), /stopped after update \d+ of \d+; not saved/);
});

test("an evaluation that heeds the signal is stopped too, and counts as not done", async () => {
  const outputDir = createRunFolder();
  let evaluations = 0;
  const evaluate: FineTuneOptions["evaluate"] = async (_, signal) => {
    if (++evaluations === 1) {
      process.kill(process.pid, "SIGINT");
      for (let i = 0; i < 100 && !signal?.aborted; i++) await new Promise(setImmediate);
    }
    signal?.throwIfAborted();
    return { score: evaluations };
  };
  const scored = { outputDir, evaluate, selectBy: "score", epochs: 1 };
  const model = await openModel();
  const work = stopOnInterrupt((signal) =>
    fineTune(model, pairs, { ...options, ...scored, signal }),
  );
  await assert.rejects(work, { name: "Interrupt" });
  const result = await fineTune(model, pairs, { ...options, ...scored, resume: true });
  assert.deepEqual(
    result.evaluations.map(({ metrics }) => metrics),
    [{ score: 2 }],
  );
});
