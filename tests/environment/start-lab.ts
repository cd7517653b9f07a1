import { spawn } from "node:child_process";
import { once } from "node:events";
import * as net from "node:net";
import * as path from "node:path";
import { projectRoot } from "./run-script";

/** A JupyterLab that listens. */
export interface StartedLab {
  port: number;
  token: string;
  /** Ends it, its kernels first; what has not ended after 30 seconds is killed. */
  close(): Promise<void>;
}

/** `npm run lab` on a project without a browser; ready when it has said its address. */
export async function startLab(
  project: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<StartedLab> {
  const port = await findFreePort();
  const script = path.join(projectRoot, "environment", "lab.mjs");
  const args = [script, `--root=${project}`, "--no-browser", `--port=${port}`, ...more];
  const child = spawn(process.execPath, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = once(child, "close");
  let log = "";
  const token = await new Promise<string>((resolve, reject) => {
    const read = (text: string): void => {
      log += text;
      const found = /\/lab\S*\?token=(\w{32,})/.exec(log);
      if (found) resolve(found[1]);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    void ended.then(() => reject(new Error(`JupyterLab did not start: ${log}`)));
  });
  return {
    port,
    token,
    close: async () => {
      child.kill("SIGTERM"); // JupyterLab ends its kernels first
      const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 30_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** A port that is free now. JupyterLab given 0 would not say which one it took. */
async function findFreePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
