/** Encodes made-up texts into a file: `node encode-many.js <model> <file> <texts>`; prints what came of it as JSON. */
import { setTimeout } from "node:timers/promises";
import { loadModel } from "mrl/encoder";
import { writeText } from "../encoder/tiny-model";

async function* makeTexts(count: number, pauseMs: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) {
    if (pauseMs > 0 && i % 100 === 0) await setTimeout(pauseMs);
    // A kilobyte: words of the tiny model, and one that it does not know.
    yield `${writeText(14, i)} ${"x".repeat(960)}`;
  }
}

async function main([folder, file, count, pauseMs]: string[]): Promise<void> {
  const model = await loadModel(folder, { precision: "f32" });
  const texts = makeTexts(Number(count), Number(pauseMs));
  const result = await model.encodeToFile(texts, file, { blockSize: 500 });
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ...result, peakMb }));
}

void main(process.argv.slice(2));
