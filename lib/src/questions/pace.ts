import { setTimeout } from "node:timers/promises";

/** When the requests of one client may begin. */
export interface Pace {
  /** Waits for the next turn. */
  turn(signal?: AbortSignal): Promise<void>;
  /** No turn comes for so long: the server has asked for it. */
  pause(ms: number): void;
}

/** Turns at an even rate. @param perMinute 0: no limit of one's own */
export function createPace(perMinute: number): Pace {
  const gapMs = perMinute > 0 ? 60_000 / perMinute : 0;
  let free = 0;
  return {
    async turn(signal) {
      for (let now = performance.now(); now < free; now = performance.now())
        await setTimeout(free - now, undefined, { signal });
      free = performance.now() + gapMs;
    },
    pause(ms) {
      free = Math.max(free, performance.now() + ms);
    },
  };
}

/** What a reply's `Retry-After` asks for, in milliseconds; 0 where it asks for nothing. */
export function readRetryAfter(headers: Headers): number {
  const ms = Number(headers.get("retry-after-ms") ?? NaN);
  if (ms >= 0) return ms;
  const text = headers.get("retry-after");
  if (!text) return 0;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return wait > 0 ? wait : 0;
}
