import type { EncoderConfig } from "../encoder/config";
import type { Results } from "../evaluation/index";
import { readMetrics } from "./model-index";
import type { TrainingRun } from "./training-run";

/** Base → tuned at each dimension, on both test sets, as a Markdown table. */
export function renderResults({ base, tuned }: Required<Pick<Results, "base" | "tuned">>): string {
  const ndcg = (values: Record<string, number>): Map<number, number> =>
    new Map(
      readMetrics(values)
        .filter(({ metric }) => metric === "ndcg@10")
        .map(({ dim, value }) => [dim, value]),
    );
  const cell = (split: "seen" | "unseen", dim: number): string => {
    const [before, after] = [ndcg(base[split]).get(dim), ndcg(tuned[split]).get(dim)];
    return `${before?.toFixed(3) ?? "–"} → ${after?.toFixed(3) ?? "–"}`;
  };
  const rows = [...ndcg(tuned.unseen).keys()].map(
    (dim) => `| ${dim} | ${dim * 4} | ${cell("seen", dim)} | ${cell("unseen", dim)} |`,
  );
  return ["| dimensions | bytes (float32) | seen | unseen |", "|---|---|---|---|", ...rows].join(
    "\n",
  );
}

/**
 * The first lines of code in Python, TypeScript and a browser, at `dim` dimensions. The model's prompts stand in the
 * texts: transformers.js knows none, and Python has no name of its own for a passage's.
 */
export function renderUsage(
  repo: string,
  name: string,
  dim: number,
  { pooling, prompts }: Pick<EncoderConfig, "pooling" | "prompts">,
): string {
  const texts = [`${prompts.query}How do I …?`, `${prompts.passage}A passage.`];
  const list = `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
  // A model that puts a prompt in front of any text is told to put none there.
  const [python, own] = prompts.plain ? [', prompt=""', ', prompt: ""'] : ["", ""];
  return `Python:

\`\`\`python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("${repo}", truncate_dim=${dim})
vectors = model.encode(${list}, normalize_embeddings=True${python})
print(vectors[0] @ vectors[1])
\`\`\`

TypeScript, with this project's library and the model's files in a folder:

\`\`\`ts
import { loadModel } from "mrl/encoder";

const model = await loadModel("${name}");
const [question, passage] = await model.encode(${list}, { dim: ${dim}${own} });
console.log(question.reduce((sum, value, i) => sum + value * passage[i], 0));
\`\`\`

A browser, with transformers.js; \`"q8"\` instead of \`"fp32"\` loads a quarter of the bytes, for slightly different vectors:

\`\`\`js
import { pipeline } from "@huggingface/transformers";

const embed = await pipeline("feature-extraction", "${repo}", { dtype: "fp32" });
const vectors = await embed(${list}, { pooling: "${pooling}", normalize: true });
\`\`\``;
}

/** Losses, optimiser and the run's own arguments. */
export function renderTraining(run: TrainingRun, selectionDim: number): string {
  const hidden = ["dims", "selectBy"];
  const rows = Object.entries(run.options)
    .filter(([name]) => !hidden.includes(name))
    .map(([name, value]) => `| ${name} | ${String(value)} |`);
  const chosen =
    run.bestEpoch === null ? "" : ` The weights are those of epoch ${run.bestEpoch}, chosen`;
  const reason = `by NDCG@10 at ${selectionDim} dimensions on pages held out for that.`;
  const dims = run.options.dims as number[];
  return `Multiple negatives ranking loss inside a Matryoshka loss at ${dims.join(", ")} dimensions, AdamW, cosine
schedule, on TensorFlow.js (${run.device}, ${run.precision}): ${run.updates} updates in
${(run.seconds / 60).toFixed(1)} minutes.${chosen && `${chosen} ${reason}`}

| argument | value |
|---|---|
${rows.join("\n")}`;
}
