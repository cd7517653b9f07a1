import { throwIfAborted } from "../common/index";

/**
 * Works on items in order, several at a time. After a failure or an abort no further item is begun, those
 * under way are waited for, and then it throws: what they cost is not lost.
 * @throws the first failure, or the signal's reason
 */
export async function runPool<T>(
  items: readonly T[],
  options: { concurrency: number; signal?: AbortSignal },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const { concurrency, signal } = options;
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0 && !signal?.aborted) {
      try {
        await work(items[next++]);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  throwIfAborted(signal);
  if (failures.length > 0) throw failures[0];
}

/**
 * A signal that follows another after a while: requests that are paid for may still end by themselves.
 * @returns the late signal, and `release`, to be called at the end
 */
export function delayAbort(
  signal: AbortSignal | undefined,
  graceMs: number,
): { signal: AbortSignal; release: () => void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => late.abort(signal?.reason), graceMs);
  };
  if (signal?.aborted) start();
  else signal?.addEventListener("abort", start, { once: true });
  const release = (): void => {
    signal?.removeEventListener("abort", start);
    clearTimeout(timer);
  };
  return { signal: late.signal, release };
}
