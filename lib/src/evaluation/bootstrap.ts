import { InputError, createRandom } from "../common/index";

/** A mean with its 95 % interval; the bounds are NaN where one cluster is all there is. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** The result of {@link pairedBootstrap}. */
export interface BootstrapResult {
  /** Questions. */
  n: number;
  /** Groups of questions that were drawn as a whole. */
  clusters: number;
  base: Interval;
  tuned: Interval;
  /** tuned - base. */
  gain: Interval;
  /**
   * True when the gain's interval holds 0, or fewer than 6 clusters were drawn from: the data do not tell the two
   * models apart.
   */
  undecided: boolean;
}

/** Were all signs a toss of a coin, 5 clusters would agree in 1 of 16 cases, 6 in 1 of 32: only there below 5 %. */
const FEWEST_CLUSTERS = 6;

/**
 * How far the means of two models, and their difference, could have come out otherwise with other questions.
 *
 * Questions about one passage or page rise and fall together, so whole clusters are drawn with replacement, as
 * many as there are, and both models are averaged over the same draw. The interval holds the middle 95 % of
 * the resampled means (percentile method). With fewer than some twenty clusters such intervals are as a rule too
 * short, and with fewer than six nothing is called decided.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapters 8 and 13.
 * @param base     a metric of each question with the first model
 * @param tuned    the same metric of the same questions with the second
 * @param clusters the cluster of each question
 * @throws InputError when the three differ in length or are empty
 */
export function pairedBootstrap(
  base: readonly number[],
  tuned: readonly number[],
  clusters: readonly string[],
  { resamples = 10_000, seed }: { resamples?: number; seed: number },
): BootstrapResult {
  const n = base.length;
  if (n === 0 || tuned.length !== n || clusters.length !== n) {
    throw new InputError(
      `${n} base values, ${tuned.length} tuned ones, ${clusters.length} clusters; give one of each a question`,
    );
  }
  const groups = sumByCluster(base, tuned, clusters);
  const draws = groups.length > 1 ? resample(groups, resamples, seed) : undefined;
  const total = addUp(groups);
  const gain = toInterval((total.tuned - total.base) / n, draws?.gain);
  return {
    n,
    clusters: groups.length,
    base: toInterval(total.base / n, draws?.base),
    tuned: toInterval(total.tuned / n, draws?.tuned),
    gain,
    undecided: groups.length < FEWEST_CLUSTERS || !(gain.low > 0 || gain.high < 0),
  };
}

interface Sums {
  base: number;
  tuned: number;
  count: number;
}

function sumByCluster(
  base: readonly number[],
  tuned: readonly number[],
  clusters: readonly string[],
): Sums[] {
  const groups = new Map<string, Sums>();
  clusters.forEach((cluster, i) => {
    const sums = groups.get(cluster) ?? { base: 0, tuned: 0, count: 0 };
    groups.set(cluster, {
      base: sums.base + base[i],
      tuned: sums.tuned + tuned[i],
      count: sums.count + 1,
    });
  });
  return [...groups.values()];
}

function addUp(groups: readonly Sums[]): Sums {
  const total: Sums = { base: 0, tuned: 0, count: 0 };
  for (const sums of groups) {
    total.base += sums.base;
    total.tuned += sums.tuned;
    total.count += sums.count;
  }
  return total;
}

type Draws = Record<"base" | "tuned" | "gain", Float64Array>;

function resample(groups: readonly Sums[], resamples: number, seed: number): Draws {
  const random = createRandom(seed);
  const empty = (): Float64Array => new Float64Array(resamples);
  const draws: Draws = { base: empty(), tuned: empty(), gain: empty() };
  for (let r = 0; r < resamples; r++) {
    const drawn = addUp(groups.map(() => groups[random.integer(groups.length)]));
    draws.base[r] = drawn.base / drawn.count;
    draws.tuned[r] = drawn.tuned / drawn.count;
    draws.gain[r] = draws.tuned[r] - draws.base[r];
  }
  return draws;
}

function toInterval(mean: number, draws: Float64Array | undefined): Interval {
  if (!draws) return { mean, low: NaN, high: NaN };
  const sorted = draws.sort();
  return { mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** Linear interpolation between the neighbours, as numpy does by default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** An interval as text: `0.577 (0.520 to 0.631)`; without bounds just the mean. */
export function formatInterval({ mean, low, high }: Interval, digits: number = 3): string {
  const [m, l, h] = [mean, low, high].map((value) => value.toFixed(digits));
  return Number.isNaN(low) ? m : `${m} (${l} to ${h})`;
}
