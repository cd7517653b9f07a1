import { InputError } from "../common/index";
import type { Pair } from "./batches";
import type { FineTuneOptions } from "./types";

/** @throws InputError that names the option, its value and what is allowed */
export function checkOptions(pairs: readonly Pair[], options: FineTuneOptions): void {
  const refuse = (name: string, value: unknown, allowed: string): never => {
    throw new InputError(`${name} is ${String(value)}; allowed: ${allowed}`);
  };
  const { epochs, batchSize, accumulation = 1, lr, warmup = 0.1 } = options;
  if (pairs.length < 2) refuse("the number of pairs", pairs.length, "2 or more");
  if (!Number.isInteger(epochs) || epochs < 1) refuse("epochs", epochs, "a whole number from 1");
  if (!Number.isInteger(batchSize) || batchSize < 2) {
    refuse("batchSize", batchSize, "a whole number from 2 (a batch of one has no negatives)");
  }
  if (!Number.isInteger(accumulation) || accumulation < 1) {
    refuse("accumulation", accumulation, "a whole number from 1");
  }
  if (!(lr > 0)) refuse("lr", lr, "a number above 0");
  if (!(warmup >= 0 && warmup < 1)) refuse("warmup", warmup, "a number from 0 to below 1");
  if (options.evaluate && !options.selectBy) refuse("selectBy", undefined, "a metric of evaluate");
}
