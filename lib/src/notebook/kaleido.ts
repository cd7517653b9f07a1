import type { ChildProcess } from "node:child_process";
import * as readline from "node:readline";
import { pngSignature } from "./png-pixels";
import { spawnKaleido, wayOut } from "./spawn-kaleido";

/** Kaleido 0.2.1, a headless browser that reads figures and writes images, a JSON line each. */
interface Painter {
  draw(request: object): Promise<Buffer>;
  stop(): void;
}

interface Reply {
  code: number;
  message: string | null;
  result: string | null;
}

const timeoutMs = 60_000;
const idleMs = 20_000;

let painter: Painter | undefined;
let queue: Promise<unknown> = Promise.resolve();
let idle: NodeJS.Timeout | undefined;

/**
 * Draws a figure as a PNG. One process serves several figures, in turn; it ends when it has been idle for a
 * while or when this process ends, and does not keep this process alive.
 * @throws Error saying what to do when the drawing program is missing or fails
 */
export function drawWithKaleido(plot: object, scale: number): Promise<Buffer> {
  const drawn = queue.then(async () => {
    clearTimeout(idle);
    painter ??= startPainter();
    try {
      return await painter.draw({ data: plot, format: "png", scale });
    } catch (error) {
      stopPainter();
      throw error;
    } finally {
      idle = setTimeout(stopPainter, idleMs).unref();
    }
  });
  queue = drawn.catch(() => undefined); // the caller has the failure; the next figure starts afresh
  return drawn;
}

function stopPainter(): void {
  painter?.stop();
  painter = undefined;
}

process.once("exit", stopPainter);

function startPainter(): Painter {
  const child = spawnKaleido();
  const lines = readReplies(child);
  const ready = lines.next().then(checkReply); // the first line says whether it has started
  ready.catch(() => undefined); // draw throws it
  const draw = async (request: object): Promise<Buffer> => {
    const limit = setTimeout(
      () => lines.fail(`gave no answer in ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    keepAlive(child, true);
    try {
      await ready;
      child.stdin!.write(JSON.stringify(request) + "\n");
      return toPng(checkReply(await lines.next()));
    } finally {
      clearTimeout(limit);
      keepAlive(child, false);
    }
  };
  const started: Painter = { draw, stop: () => void child.kill() };
  // JupyterLab's interrupt reaches the kernel's children too: the next figure gets a new process.
  child.once("exit", () => {
    if (painter === started) painter = undefined;
  });
  return started;
}

/** The child's replies, one at a time; every wait ends with an error when the child does. */
function readReplies(child: ChildProcess): {
  next: () => Promise<string>;
  fail: (reason: string) => void;
} {
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | undefined;
  const fail = (reason: string): void => {
    failure ??= new Error(`The figure could not be drawn as a PNG: kaleido ${reason}; ${wayOut}`);
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  child.on("error", (error) => fail(`did not start (${error.message})`));
  child.on("exit", (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`));
  child.stdin!.on("error", (error) => fail(`takes no input (${error.message})`));
  readline.createInterface(child.stdout!).on("line", (line) => {
    if (line.startsWith("{")) waiting.shift()?.resolve(line);
  });
  const next = (): Promise<string> =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else waiting.push({ resolve, reject });
    });
  return { next, fail };
}

/** An oversized picture comes back as success with a few bytes that are none. */
function toPng(reply: Reply): Buffer {
  const png = Buffer.from(reply.result ?? "", "base64");
  if (png.subarray(0, pngSignature.length).equals(pngSignature)) return png;
  throw new Error("The figure could not be drawn as a PNG; is its width or height too large?");
}

function checkReply(line: string): Reply {
  const reply = JSON.parse(line) as Reply;
  if (reply.code === 0) return reply;
  throw new Error(`The figure could not be drawn as a PNG: kaleido says "${reply.message}"`);
}

/** Decides whether the child and its pipes keep this process running. */
function keepAlive(child: ChildProcess, alive: boolean): void {
  const method = alive ? "ref" : "unref";
  child[method]();
  for (const pipe of [child.stdin, child.stdout]) {
    (pipe as unknown as Record<"ref" | "unref", () => void>)[method]();
  }
}
