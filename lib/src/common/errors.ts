/**
 * Something from outside (a setting, a file, a server's reply, an argument) is not usable.
 * The message names the thing, its value and the way out; it is meant for the person who runs the code.
 */
export class InputError extends Error {
  override name = "InputError";
}

/** The message of anything thrown, with the causes behind it: `fetch failed: connect ECONNREFUSED …`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  if (error.cause === undefined) return own;
  return `${own}: ${describeError(error.cause)}`;
}

/** Throws the signal's reason if it has been aborted; a missing signal never aborts. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}
