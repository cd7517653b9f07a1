import type { Results } from "../evaluation/index";
import type { YamlValue } from "./yaml";

/** A metric of one model on one test set at one dimension. */
export interface DimMetric {
  dim: number;
  /** `ndcg@10`, `accuracy@1`, … */
  metric: string;
  value: number;
}

/** Splits `dim_128_cosine_ndcg@10` → value into its parts, largest dimension first. */
export function readMetrics(values: Record<string, number>): DimMetric[] {
  return Object.entries(values)
    .flatMap(([key, value]) => {
      const match = /^dim_(\d+)_cosine_(.+)$/.exec(key);
      return match ? [{ dim: Number(match[1]), metric: match[2], value }] : [];
    })
    .sort((a, b) => b.dim - a.dim);
}

/**
 * The tuned model's results as the Hub's `model-index` takes them: one result for each test set and dimension.
 * @param name of the model, without its owner
 * @param dataset `user/name` of the dataset on the Hub
 * @see https://huggingface.co/docs/hub/model-cards#evaluation-results
 */
export function buildModelIndex(
  name: string,
  dataset: string,
  tuned: NonNullable<Results["tuned"]>,
): YamlValue {
  const results = (["seen", "unseen"] as const).flatMap((split) => {
    const metrics = readMetrics(tuned[split]);
    const dims = [...new Set(metrics.map(({ dim }) => dim))];
    return dims.map((dim) => ({
      task: { type: "information-retrieval", name: "Information Retrieval" },
      dataset: {
        name: `${dataset}, ${split}, ${dim} dimensions`,
        type: dataset,
        split,
        args: { truncate_dim: dim },
      },
      metrics: metrics
        .filter((entry) => entry.dim === dim)
        .map(({ metric, value }) => ({
          type: `cosine_${metric}`,
          value: Number(value.toFixed(6)),
          name: `Cosine ${metric[0].toUpperCase()}${metric.slice(1)}`,
        })),
    }));
  });
  return [{ name, results }];
}
