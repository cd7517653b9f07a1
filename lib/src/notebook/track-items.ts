import { startProgress } from "./progress";

/**
 * Goes through items with a line of progress: `for (const set of trackItems("Evaluating", sets, "sets"))`.
 *
 * The line counts an item when the next one is asked for, and ends with the last, or where the loop is left.
 * @param title what is done with them
 * @param unit what they are, in the plural
 */
export function* trackItems<T>(
  title: string,
  items: readonly T[],
  unit: string,
): Generator<T, void, undefined> {
  const progress = startProgress(title, { unit, total: items.length });
  try {
    for (const [i, item] of items.entries()) {
      yield item;
      progress.update(i + 1);
    }
  } finally {
    progress.finish();
  }
}
