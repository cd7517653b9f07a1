import { confirm } from "../shared/confirm.mjs";
import { Failure } from "../shared/failure.mjs";

/** What may be spent beyond the estimate, where no limit is set. */
const margin = 1.25;

/**
 * Before a notebook that may spend money: prints what is still to be asked, what it costs about and how long it takes, and asks.
 * Where nothing costs anything, it says nothing.
 * @param run root, profile, env of the run
 * @param yes true: the answer is yes
 * @param print takes a line
 * @returns the environment for the notebooks, with the limit that was agreed on
 * @throws Failure when the answer is no, or nobody is there to ask
 */
export async function agreeOnCost({ root, profile, env }, yes, print, ask = confirm) {
  // The library is there: the set-up has built it.
  const { loadSettings } = await import("mrl/common");
  const { estimateAnswers, estimateCost, formatUsd } = await import("mrl/questions");
  const settings = load(() => loadSettings({}, { ...env, MRL_PROFILE: profile, MRL_ROOT: root }));
  if (settings.questions.source === "replay") return env;
  const cost = load(() => addRow(estimateCost(settings), estimateAnswers(settings)));
  if (cost.usd === 0) return env;
  const enough = Math.ceil((cost.spentUsd + margin * cost.usd) * 100) / 100;
  const limit = settings.questions.maxUsd || enough;
  describeCost(cost, formatUsd).forEach(print);
  if (limit < cost.spentUsd + cost.usd)
    print(`  MRL_QUESTIONS_MAX_USD allows ${formatUsd(limit)}: it will stop when that is reached.`);
  const upTo = `up to ${formatUsd(limit)} in all`;
  if (!yes && !(await ask(`Spend ${upTo}?`)))
    throw new Failure(
      `Nothing was spent. --yes spends ${upTo} without asking; MRL_QUESTIONS_MAX_USD sets another limit.`,
    );
  return { ...env, MRL_QUESTIONS_MAX_USD: String(limit) };
}

function addRow(cost, row) {
  const { rows, usd, hours } = cost;
  return { ...cost, rows: [...rows, row], usd: usd + row.usd, hours: hours + row.hours };
}

/** The estimate as lines. */
function describeCost({ rows, pages, chunks, usd, hours, spentUsd, pricesOf }, formatUsd) {
  const asked = rows.map(
    (row) =>
      `    ${row.what.padEnd(10)} ${row.model}: ${count(row.calls)} calls, ${count(row.tokensIn)} tokens sent, ` +
      `${count(row.tokensOut)} received, ${formatUsd(row.usd)}`,
  );
  return [
    `  To be paid for, on ${count(pages)} pages (${count(chunks)} chunks):`,
    ...asked,
    `    about ${formatUsd(usd)} by the prices of ${pricesOf}, and ${describeHours(hours)}; spent already: ${formatUsd(spentUsd)}`,
  ];
}

function describeHours(hours) {
  return hours < 0.1 ? "less than 0.1 hours" : `${hours.toFixed(1)} hours`;
}

function count(n) {
  return n.toLocaleString("en");
}

/** A wrong setting or a missing file ends in its one line. */
function load(work) {
  try {
    return work();
  } catch (error) {
    if (error.name === "InputError") throw new Failure(error.message);
    throw error;
  }
}
