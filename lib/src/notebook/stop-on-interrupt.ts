/**
 * Runs work that can be stopped: the first interrupt (the kernel's stop button, Ctrl-C; SIGINT) aborts the signal
 * that the work was given, and the cell ends when the work has saved what it wants to keep. A second interrupt does
 * what interrupts did before: in a kernel it ends the cell at once, elsewhere the process.
 *
 * Without this, an interrupt ends the cell while its work goes on unseen.
 * @param work gets the signal and heeds it
 * @returns what the work gives
 * @throws what the work throws; stopped, that is an error saying that it was interrupted
 */
export async function stopOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  // While a cell's first, synchronous part runs, Node watches for interrupts itself and puts the listeners aside; one
  // that is added then is dead afterwards, and an interrupt ends the whole kernel.
  await new Promise(setImmediate);
  const others = process.rawListeners("SIGINT") as NodeJS.SignalsListener[];
  const onInterrupt = (): void => {
    restore();
    stop.abort(describeInterrupt());
  };
  const restore = (): void => {
    if (!process.rawListeners("SIGINT").includes(onInterrupt)) return;
    others.forEach((listener) => process.on("SIGINT", listener));
    process.off("SIGINT", onInterrupt);
  };
  process.on("SIGINT", onInterrupt);
  others.forEach((listener) => process.off("SIGINT", listener));
  try {
    return await work(stop.signal);
  } finally {
    restore();
  }
}

/** An error without a call stack: nothing is wrong in the code that it would point to. */
function describeInterrupt(): Error {
  const error = new Error("Interrupted: run this cell again to go on.");
  error.name = "Interrupt";
  error.stack = error.message;
  return error;
}
