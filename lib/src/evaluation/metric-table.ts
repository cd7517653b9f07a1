import { metricNames } from "./metrics";

/**
 * Metrics of models as table rows, one a metric, with a column for each dim and model: `384 base`, `384 tuned`, and
 * so on; just `dim 384` where there is one model. A metric that no model has is left out.
 * @param models name → `dim_384_cosine_ndcg@10` → value
 */
export function tabulateMetrics(
  models: Record<string, Record<string, number>>,
  dims: readonly number[],
): Record<string, string | number>[] {
  const names = Object.keys(models);
  const columns = dims.flatMap((dim) =>
    names.map((name) => ({
      title: names.length === 1 ? `dim ${dim}` : `${dim} ${name}`,
      value: (metric: string) => models[name][`dim_${dim}_cosine_${metric}`],
    })),
  );
  return metricNames
    .filter((metric) => columns.some(({ value }) => value(metric) !== undefined))
    .map((metric) => ({
      metric,
      ...Object.fromEntries(columns.map(({ title, value }) => [title, value(metric)])),
    }));
}
