/** How far a piece of work is, as the progress line and the side file tell it. */
export interface ProgressState {
  title: string;
  unit: string;
  done: number;
  /** null: not known. */
  total: number | null;
  note: string;
  elapsedSeconds: number;
  /** null: not known yet. */
  secondsLeft: number | null;
  /** Things a second since the start; null: not known yet. */
  rate: number | null;
  finished: boolean;
}

const barWidth = 20;

/** The line of a piece of work under way: `Crawling ▕████      ▏ 42 of 105 pages · 12 pages/s · 5 s left`. */
export function describeProgress(state: ProgressState): string {
  const { title, unit, done, total, note, rate, secondsLeft } = state;
  const counted =
    total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
  return [
    `${title} ${drawBar(done, total)}${joinWords(counted, unit)}`,
    rate === null ? "" : formatRate(rate, unit),
    secondsLeft === null ? "" : `${formatSeconds(secondsLeft)} left`,
    note,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The line of finished work: `Crawling: 105 pages · 8.4 s · 12.5 pages/s`. */
export function describeFinish(state: ProgressState, summary: string | undefined): string {
  const { title, unit, done, rate, elapsedSeconds } = state;
  const result = summary ?? joinWords(formatCount(done), unit);
  const speed = rate === null ? "" : formatRate(rate, unit);
  const rest = [result, formatSeconds(elapsedSeconds), speed].filter(Boolean);
  return `${title}: ${rest.join(" · ")}`;
}

/** A span of time in words: `8.4 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function drawBar(done: number, total: number | null): string {
  if (total === null || total <= 0) return "";
  const filled = Math.round(barWidth * Math.min(1, Math.max(0, done / total)));
  return `▕${"█".repeat(filled)}${"░".repeat(barWidth - filled)}▏ `;
}

/** `12 pages/s`; what takes over two seconds reads better the other way round: `4.2 s each`. */
function formatRate(rate: number, unit: string): string {
  if (rate > 0 && rate < 0.5) return `${formatSeconds(1 / rate)} each`;
  return `${joinWords(rate < 9.95 ? rate.toFixed(1) : formatCount(Math.round(rate)), unit)}/s`;
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function joinWords(first: string, second: string): string {
  return second ? `${first} ${second}` : first;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
