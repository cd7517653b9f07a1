import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { makeNotebookProject } from "./notebook-project";
import { startLab } from "./start-lab";

/** Local addresses on which anything listens at a port, as Linux lists them: hexadecimal, lowest byte first. */
function listenersAt(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"]
    .flatMap((name) => fs.readFileSync(`/proc/net/${name}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local.endsWith(suffix))
    .map(([, local]) => local.slice(0, -suffix.length));
}

test("JupyterLab listens on 127.0.0.1 alone, and gives nothing to who lacks its token", async (t) => {
  const { port, token, close } = await startLab(makeNotebookProject());
  t.after(close);
  const contents = `http://127.0.0.1:${port}/api/contents/notebooks`;
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
  assert.equal(await statusOf(contents), 403);
  assert.equal(await statusOf(`${contents}?token=${token.replace(/^./, "x")}`), 403);
  assert.equal(await statusOf(`${contents}?token=${token}`), 200);
  assert.deepEqual(listenersAt(port), ["0100007F"]);
});
