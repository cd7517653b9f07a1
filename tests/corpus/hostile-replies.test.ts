import assert from "node:assert/strict";
import test, { after } from "node:test";
import type { CrawlOptions } from "mrl/corpus";
import { crawlAround, unhurried, writeFaults, zeros } from "./measure-fault";
import type { Handler } from "./test-site";

after(() => writeFaults("replies"));

/** Replies without end, or that are none. */
const replies: [fault: string, handler: Handler, line: RegExp, Partial<CrawlOptions>?][] = [
  [
    "1 GB of zeros, compressed to 1 MB",
    (response) => {
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" });
      response.end(zeros());
    },
    /larger than 5 MB/,
    unhurried,
  ],
  [
    "a reply of a byte every second",
    (response) => {
      response.writeHead(200, { "content-type": "text/html" });
      const timer = setInterval(() => response.write("x"), 1000);
      response.on("close", () => clearInterval(timer));
    },
    /not whole within 1 s \(tried 2 times\)/,
  ],
  [
    "headers without end",
    (response) => {
      const socket = response.socket!;
      socket.write("HTTP/1.1 200 OK\r\n");
      const line = `x-more: ${"y".repeat(1000)}\r\n`;
      const send = (): void => void (socket.destroyed || (socket.write(line), setImmediate(send)));
      send();
    },
    /Headers Overflow/i,
  ],
  [
    "a reply that is no HTTP",
    (response) => void response.socket!.end("hello\r\n\r\n"),
    /fetch failed/,
  ],
];
for (const [fault, handler, line, options] of replies) {
  test(`${fault}: the page is skipped with a line that says why, the next one is read`, async () => {
    assert.match((await crawlAround(fault, handler, options)).line, line);
  });
}
