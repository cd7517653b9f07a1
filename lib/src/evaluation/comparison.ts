import { type BootstrapResult, formatInterval, pairedBootstrap } from "./bootstrap";
import type { RetrievalResult } from "./types";

/** One set, measured with both models. */
export interface Comparison {
  base: RetrievalResult;
  tuned: RetrievalResult;
}

/** One metric of a comparison at one dim. */
export interface MetricPair {
  dim: number;
  base: number;
  tuned: number;
  /** tuned - base. */
  gain: number;
}

/** A metric of both models at each dim. */
export function compareMetric(
  { base, tuned }: Comparison,
  dims: readonly number[],
  metric: string,
): MetricPair[] {
  return dims.map((dim) => {
    const key = `dim_${dim}_cosine_${metric}`;
    const [before, after] = [base.metrics[key], tuned.metrics[key]];
    return { dim, base: before, tuned: after, gain: after - before };
  });
}

/**
 * {@link pairedBootstrap} of one metric at one dim.
 * @param clusterOf the cluster of a question, by its id
 */
export function bootstrapMetric(
  { base, tuned }: Comparison,
  { dim, metric }: { dim: number; metric: string },
  clusterOf: (query: string) => string,
  options: { resamples?: number; seed: number },
): BootstrapResult {
  const values = ({ perQuery }: RetrievalResult): number[] =>
    perQuery[dim].map(({ metrics }) => metrics[metric]);
  const clusters = base.perQuery[dim].map(({ query }) => clusterOf(query));
  return pairedBootstrap(values(base), values(tuned), clusters, options);
}

/** A bootstrap's intervals as texts, with what they allow to say: better, worse, or could be chance. */
export function describeGain({
  base,
  tuned,
  gain,
  undecided,
}: BootstrapResult): Record<"base" | "tuned" | "gain" | "verdict", string> {
  const verdict = undecided ? "could be chance" : gain.mean > 0 ? "better" : "worse";
  const [b, t, g] = [base, tuned, gain].map((interval) => formatInterval(interval));
  return { base: b, tuned: t, gain: g, verdict };
}
