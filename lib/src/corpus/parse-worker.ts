/** Runs in a thread of its own, see {@link ParserThread}: reads one document at a time. */
import { parentPort } from "node:worker_threads";
import { describeError } from "../common/index";
import { parsePage } from "./parse-page";
import { parseSitemap } from "./parse-sitemap";
import type { ParseJob, ParseReply } from "./parser-thread";

parentPort?.on("message", (job: ParseJob | undefined) => {
  parentPort?.postMessage(answer(job));
});

function answer(job: ParseJob | undefined): ParseReply {
  try {
    if (!job) return { value: undefined };
    if (job.kind === "sitemap") return { value: parseSitemap(job.text) };
    return { value: parsePage(job.text, job.url, job.selectors) };
  } catch (error) {
    return { failure: describeError(error) };
  }
}
