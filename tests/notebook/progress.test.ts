import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { startProgress, trackItems } from "mrl/notebook";
import { inKernel } from "./fake-kernel";

interface Side {
  title: string;
  unit: string;
  done: number;
  total: number | null;
  note: string;
  elapsedSeconds: number;
  secondsLeft: number | null;
  finished: boolean;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-progress-"));
const sideFile = path.join(folder, "progress.json");
const readSide = (): Side => JSON.parse(fs.readFileSync(sideFile, "utf8")) as Side;

afterEach(() => delete process.env.MRL_PROGRESS_FILE);

test("the line is one output, overwritten in place", async () => {
  const outputs = await inKernel(async () => {
    const progress = startProgress("Crawling", { total: 3, unit: "pages" });
    await wait(260);
    progress.update(1, { note: "core/strands.html" });
    progress.finish("3 pages");
  });
  assert.deepEqual(
    outputs.map(({ update }) => update),
    [false, true, true],
  );
  assert.equal(new Set(outputs.map(({ transient }) => transient.display_id)).size, 1);
  const [first, second, last] = outputs.map(({ data }) => data["text/plain"] as string);
  assert.equal(first, "Crawling ▕░░░░░░░░░░░░░░░░░░░░▏ 0 of 3 pages");
  assert.match(second, /^Crawling ▕█{7}░{13}▏ 1 of 3 pages · \d.* · \d\.\d s left · core\/strands/);
  assert.match(last, /^Crawling: 3 pages · \d\.\d s/);
});

test("however often it is told, it is shown four times a second at most", async () => {
  let seconds = 0;
  let updates = 0;
  const outputs = await inKernel(async () => {
    const begin = performance.now();
    const progress = startProgress("Encoding");
    while (performance.now() - begin < 600) {
      progress.update(++updates);
      if (updates % 1000 === 0) await wait(1);
    }
    progress.finish();
    seconds = (performance.now() - begin) / 1000;
  });
  assert.ok(updates > 1000);
  // one at the start, one per quarter of a second after it, one at the end
  assert.ok(outputs.length >= 3, `${outputs.length} outputs`);
  assert.ok(outputs.length <= 2 + seconds * 4, `${outputs.length} outputs in ${seconds} s`);
  assert.match(String(outputs.at(-1)?.data["text/plain"]), /^Encoding: [\d,]+ · /);
});

test("an update that came too soon is shown a little later, also if none follows", async () => {
  const outputs = await inKernel(async () => {
    const progress = startProgress("Asking", { total: 9 });
    progress.update(5);
    await wait(400);
  });
  assert.match(String(outputs.at(-1)?.data["text/plain"]), /5 of 9/);
});

test("the listener takes (done, total) as encode gives them", async () => {
  const outputs = await inKernel(async () => {
    const { listener } = startProgress("Encoding", { unit: "chunks" });
    await wait(260);
    listener(16, 64);
  });
  assert.match(String(outputs.at(-1)?.data["text/plain"]), /▕█{5}░{15}▏ 16 of 64 chunks · /);
});

test("what an earlier run has done counts for the bar, not for the rate", async () => {
  process.env.MRL_PROGRESS_FILE = sideFile;
  const progress = startProgress("Asking", { total: 1000, done: 990 });
  await wait(300);
  progress.update(991);
  // 1 in 0.3 s leaves 9 for 2.7 s; counting all 991 it would be hundredths of a second
  const { secondsLeft, done } = readSide();
  assert.equal(done, 991);
  assert.ok(secondsLeft! > 2 && secondsLeft! < 10, `${secondsLeft} s left`);
});

test("the side file is whole whenever it is read, and tells the end", async () => {
  process.env.MRL_PROGRESS_FILE = sideFile;
  const progress = startProgress("Training", { total: 100, unit: "steps" });
  for (let done = 1; done <= 60; done++) {
    progress.update(done, { note: "loss 0.4" });
    assert.equal(readSide().title, "Training");
    await wait(10);
  }
  const middle = readSide();
  assert.ok(middle.done > 0 && !middle.finished && middle.secondsLeft! > 0);
  assert.deepEqual([middle.total, middle.unit, middle.note], [100, "steps", "loss 0.4"]);
  progress.finish("stopped after 60 steps");
  progress.update(61); // ignored: it has ended
  const { elapsedSeconds, ...end } = readSide();
  assert.ok(elapsedSeconds >= 0.6);
  assert.deepEqual(end, {
    title: "Training",
    unit: "steps",
    done: 60,
    total: 100,
    note: "stopped after 60 steps",
    secondsLeft: 0,
    finished: true,
  });
  assert.deepEqual(fs.readdirSync(folder), ["progress.json"]);
});

test("work goes on where the side file cannot be written", () => {
  process.env.MRL_PROGRESS_FILE = path.join(folder, "gone", "progress.json");
  const progress = startProgress("Training", { total: 2 });
  progress.update(1);
  progress.finish();
  assert.ok(!fs.existsSync(path.join(folder, "gone")));
});

test("a tracked loop counts its items, and its line ends where the loop is left", async () => {
  const lastLine = async (stopAt: number): Promise<unknown> => {
    const outputs = await inKernel(() => {
      for (const item of trackItems("Measuring", [10, 20, 30], "lengths"))
        if (item === stopAt) break;
    });
    return outputs.at(-1)!.data["text/plain"];
  };
  assert.match(String(await lastLine(0)), /^Measuring: 3 lengths · \d\.\d s/);
  assert.match(String(await lastLine(20)), /^Measuring: 1 lengths · \d\.\d s/);
});
