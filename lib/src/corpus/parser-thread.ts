import * as path from "node:path";
import { Worker } from "node:worker_threads";
import { describeError } from "../common/index";
import type { PageSelectors } from "./crawl-types";
import type { ParsedPage } from "./parse-page";
import type { Sitemap } from "./parse-sitemap";

export type ParseJob =
  | { kind: "page"; text: string; url: string; selectors: PageSelectors }
  | { kind: "sitemap"; text: string };
export type ParseReply = { value: ParsedPage | Sitemap | undefined } | { failure: string };

const ended = "the crawl was ended";
/** A busy machine takes seconds to start a thread. */
const startMs = 60_000;

/**
 * Reads documents in a thread of its own, one at a time. HTML can be made so that a correct parser needs hours
 * or all memory for a few kilobytes of it (nested tags, formatting that is opened anew in each paragraph): such
 * a page ends the thread, not the crawl.
 */
export class ParserThread {
  private worker: Worker | undefined;
  private isClosed = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly limits: { parseMs: number; parseMb: number }) {}

  /** @returns what was read, or why it could not be */
  parsePage(text: string, url: string, selectors: PageSelectors): Promise<ParsedPage | string> {
    return this.enqueue<ParsedPage>({ kind: "page", text, url, selectors });
  }

  /** @returns what was read, or why it could not be */
  parseSitemap(text: string): Promise<Sitemap | string> {
    return this.enqueue<Sitemap>({ kind: "sitemap", text });
  }

  /** Ends the thread, and what it is reading. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.stop();
  }

  private enqueue<T>(job: ParseJob): Promise<T | string> {
    const result = this.last.then(() => this.run(job));
    this.last = result;
    return result as Promise<T | string>;
  }

  private async run(job: ParseJob): Promise<ParsedPage | Sitemap | string> {
    if (this.isClosed) return ended;
    const worker = (this.worker ??= this.start());
    // The time that the thread takes to start is not the document's.
    const ready = await this.ask(worker, undefined, startMs);
    const reply = "failure" in ready ? ready : await this.ask(worker, job, this.limits.parseMs);
    if ("value" in reply) return reply.value!;
    await this.stop();
    return reply.failure;
  }

  /** Sends a document, or nothing: then the reply says that the thread listens. */
  private ask(worker: Worker, job: ParseJob | undefined, limitMs: number): Promise<ParseReply> {
    const { parseMb } = this.limits;
    return new Promise((resolve) => {
      const end = (reply: ParseReply): void => {
        clearTimeout(timer);
        worker.off("message", end).off("error", onError).off("exit", onExit);
        resolve(reply);
      };
      const onError = (error: Error): void => end({ failure: explain(error, parseMb) });
      const onExit = (): void => end({ failure: ended });
      const tooSlow = { failure: `its HTML could not be read within ${limitMs / 1000} s` };
      const timer = setTimeout(() => end(tooSlow), limitMs);
      worker.on("message", end).on("error", onError).on("exit", onExit);
      worker.postMessage(job);
    });
  }

  private start(): Worker {
    const file = path.join(__dirname, "parse-worker.js");
    const resourceLimits = { maxOldGenerationSizeMb: this.limits.parseMb };
    const worker = new Worker(file, { execArgv: [], resourceLimits });
    // Without a listener, an error between two documents would end the program.
    worker.on("error", () => (this.worker = undefined));
    return worker;
  }

  private async stop(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}

function explain(error: Error & { code?: string }, parseMb: number): string {
  if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return describeError(error);
  return `its HTML needs more than ${parseMb} MB to be read`;
}
