import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { TestContext } from "node:test";
import { sha256 } from "mrl/common";
import { type ReplayOptions, createClient, startReplayServer } from "mrl/questions";
import { goodPairs, makeChunk } from "./stub-server";

export const chunks = [0, 1, 2, 3, 4].map((id) => makeChunk(id));
export const model = "recorded-answers";

/** A replay server with good recordings of all `chunks`, and a client of it. */
export async function openReplay(t: TestContext, options: Partial<ReplayOptions> = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-replay-"));
  const recordings = path.join(folder, "recordings.jsonl");
  const lines = chunks.map(({ text, page }) => ({
    sha256: sha256(text),
    page,
    qa: goodPairs(text),
  }));
  fs.writeFileSync(recordings, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  const server = await startReplayServer({ recordings, ...options });
  t.after(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true });
  });
  const client = createClient({ baseUrl: server.url, apiKey: "none", maxRetries: 0 });
  return { server, client, file: path.join(folder, "questions.jsonl") };
}
