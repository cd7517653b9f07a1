import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { test } from "node:test";
import { makeNotebookProject } from "./notebook-project";
import { projectRoot } from "./run-script";

/** Local addresses on which anything listens at a port, as Linux lists them: hexadecimal, lowest byte first. */
function listenersAt(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"]
    .flatMap((name) => fs.readFileSync(`/proc/net/${name}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local.endsWith(suffix))
    .map(([, local]) => local.slice(0, -suffix.length));
}

/** A port that is free now. JupyterLab given 0 would not say which one it took. */
async function findPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("JupyterLab listens on 127.0.0.1 alone, and gives nothing to who lacks its token", async (t) => {
  const port = await findPort();
  const script = path.join(projectRoot, "environment", "lab.mjs");
  const args = [script, `--root=${makeNotebookProject()}`, "--no-browser", `--port=${port}`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let log = "";
  const token = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      log += data.toString();
      const found = /\/lab\S*\?token=(\w{32,})/.exec(log);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => reject(new Error(log)));
  });
  const contents = `http://127.0.0.1:${port}/api/contents/notebooks`;
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
  assert.equal(await statusOf(contents), 403);
  assert.equal(await statusOf(`${contents}?token=${token.replace(/^./, "x")}`), 403);
  assert.equal(await statusOf(`${contents}?token=${token}`), 200);
  assert.deepEqual(listenersAt(port), ["0100007F"]);
});
