import { InputError } from "../common/index";

/** Money that may be spent. */
export interface Budget {
  /** Dollars that are spent, without what is under way. */
  readonly spentUsd: number;
  /** Dollars that are neither spent nor kept for work under way. */
  readonly leftUsd: number;
  /**
   * Keeps dollars for a piece of work, once they are free.
   * @throws InputError when they are more than is left with nothing under way
   */
  reserve(usd: number): Promise<void>;
  /** Ends a piece of work: what was kept for it is free again, but for what it has cost. */
  settle(reservedUsd: number, costUsd: number): void;
}

/** Beyond the noise of adding many small costs. */
const tolerance = 1e-9;

/**
 * A budget that several requests share. Work that would pass it waits for the work under way to end, which usually costs
 * less than was kept for it; with nothing under way any more, the budget is reached.
 * @param maxUsd `questions.maxUsd`; 0: nothing may be spent
 * @param earlierUsd what earlier runs have spent of it
 */
export function createBudget(maxUsd: number, earlierUsd: number): Budget {
  let spentUsd = earlierUsd;
  let underWay: number[] = [];
  let waiting: (() => void)[] = [];
  const left = (): number => maxUsd - spentUsd - underWay.reduce((sum, usd) => sum + usd, 0);
  return {
    get spentUsd() {
      return spentUsd;
    },
    get leftUsd() {
      return left();
    },
    async reserve(usd) {
      if (usd === 0) return;
      while (usd > left() + tolerance) {
        if (underWay.length === 0) throw budgetReached(maxUsd, spentUsd, usd);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      underWay.push(usd);
    },
    settle(reservedUsd, costUsd) {
      const index = underWay.indexOf(reservedUsd);
      underWay = underWay.filter((_, i) => i !== index);
      spentUsd += costUsd;
      const woken = waiting;
      waiting = [];
      woken.forEach((wake) => wake());
    },
  };
}

/** $1.23, $0.0042 for small change. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < 0.0001) return "less than $0.0001";
  return `$${usd === 0 || usd >= 0.995 ? usd.toFixed(2) : usd.toPrecision(2)}`;
}

/** The error where something costs money and no budget is set. */
export function budgetMissing(nextUsd: number): InputError {
  return new InputError(
    `This costs money: the next request ${formatUsd(nextUsd)} at most. Nothing is spent until questions.maxUsd says how ` +
      "many dollars may be: in the settings cell, loadSettings({ questions: { maxUsd: 20 } }), or MRL_QUESTIONS_MAX_USD=20",
  );
}

function budgetReached(maxUsd: number, spentUsd: number, nextUsd: number): InputError {
  if (maxUsd === 0) return budgetMissing(nextUsd);
  return new InputError(
    `questions.maxUsd is ${maxUsd}: ${formatUsd(spentUsd)} are spent, and the next request may cost ${formatUsd(nextUsd)}; ` +
      "what was answered is kept: with a larger questions.maxUsd the same run goes on",
  );
}
