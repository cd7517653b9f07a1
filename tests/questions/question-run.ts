import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { TestContext } from "node:test";
import type { Chunk } from "mrl/common";
import type { WriteQuestionsOptions } from "mrl/questions";
import { makeChunk, startStub } from "./stub-server";

type Stub = Awaited<ReturnType<typeof startStub>>;

/** A server that answers as told, and what `writeQuestions` needs to ask it; both are gone after the test. */
export async function setUp(
  t: TestContext,
  reply: Parameters<typeof startStub>[0],
): Promise<{ stub: Stub; file: string; options: WriteQuestionsOptions }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-questions-"));
  const stub: Stub = await startStub(reply);
  t.after(async () => {
    await stub.close();
    fs.rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, "questions.jsonl");
  const options: WriteQuestionsOptions = {
    baseUrl: stub.url,
    apiKey: "secret-key",
    model: "stub",
    file,
  };
  return { stub, file, options };
}

export const chunks: Chunk[] = [0, 1, 2, 3, 4, 5].map((id) => makeChunk(id));
