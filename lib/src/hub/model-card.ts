import * as path from "node:path";
import type { RunSettings } from "../common/index";
import type { EncoderConfig } from "../encoder/config";
import type { Results } from "../evaluation/index";
import { renderResults, renderTraining, renderUsage } from "./model-card-parts";
import { buildModelIndex } from "./model-index";
import type { TrainingRun } from "./training-run";
import { type YamlValue, toYaml } from "./yaml";

/** What is said of the data; `describeDataset` of `mrl/dataset` gives it. */
export interface DataDescription {
  /** As a sentence's end: "the documentation of …". */
  source: string;
  /** Who wrote the questions, as a sentence. */
  provenance: string;
  /** What was filtered and how it was split. */
  preparation: string;
}

/** All that a model card tells. */
export interface ModelCardInfo {
  settings: RunSettings;
  results: Results & { tuned: NonNullable<Results["tuned"]> };
  run: TrainingRun;
  data: DataDescription;
  /** What the model is made of. */
  config: Pick<EncoderConfig, "hidden" | "maxTokens" | "pooling" | "prompts">;
}

/** Models whose licence is known to be Apache 2.0; one fine-tuned from another is left for its owner to decide. */
const apacheModels = [
  "sentence-transformers/all-MiniLM-L6-v2",
  "sentence-transformers/all-mpnet-base-v2",
];

/** The model card: YAML metadata as the Hub reads it, then what the model is, how good, how made and how used. */
export function renderModelCard(info: ModelCardInfo): string {
  const { settings, data, run, results } = info;
  const name = nameOf(settings.publish.modelRepo);
  return `---
${toYaml(describeModel(info))}---
# ${name}

A sentence encoder for search in ${data.source}: \`${baseName(settings)}\`, fine-tuned with
[Matryoshka Representation Learning](https://arxiv.org/abs/2205.13147). It turns a question or a passage of up to
${info.config.maxTokens} tokens into a vector of ${info.config.hidden} numbers. ${describeDims(info)}

## Results

NDCG@10 of the base model → this model, each question ranking all passages of the site.

${renderResults(results)}

*seen*: ${results.queries.seen} new questions about passages that training knows. *unseen*: ${results.queries.unseen}
questions about pages that were held out whole. The metadata above holds all metrics.

## Usage

${renderUsage(settings.publish.modelRepo, name, smallerDims(info)[0] ?? info.config.hidden, info.config)}

## Training

${renderTraining(run, settings.model.selectionDim)}

## Data

${run.pairs} pairs of question and passage from ${data.source}:
[${settings.publish.datasetRepo}](https://huggingface.co/datasets/${settings.publish.datasetRepo}).
${data.provenance} ${data.preparation}

## Limits

- It knows one site's language. On other texts it may be worse than the base model: measure before you use it there.
- Its questions were written by a language model from single passages; people ask shorter, vaguer and wider ones.
- Test and training questions come from the same writer, which flatters the result.
- Text after the first ${info.config.maxTokens} tokens is not read. It was trained and measured in English only.
`;
}

function describeModel({ settings, results }: ModelCardInfo): YamlValue {
  const { modelRepo, datasetRepo } = settings.publish;
  const isApache = apacheModels.includes(settings.model.base);
  return {
    language: ["en"],
    license: isApache ? "apache-2.0" : "other",
    library_name: "sentence-transformers",
    pipeline_tag: "sentence-similarity",
    base_model: baseName(settings),
    datasets: [datasetRepo],
    tags: [
      "sentence-transformers",
      "sentence-similarity",
      "feature-extraction",
      "onnx",
      "transformers.js",
      "matryoshka",
      "loss:MatryoshkaLoss",
      "loss:MultipleNegativesRankingLoss",
    ],
    "model-index": buildModelIndex(nameOf(modelRepo), datasetRepo, results.tuned),
  };
}

function describeDims(info: ModelCardInfo): string {
  const dims = smallerDims(info);
  if (dims.length === 0) return "";
  return `Its first ${dims.join(", ")} numbers serve as vectors too, once they are scaled to length 1 again.`;
}

function smallerDims({ settings, config }: ModelCardInfo): number[] {
  return settings.model.dims.filter((smaller) => smaller < config.hidden);
}

/** The base model's name; of a local folder only its last part, so that no path of a machine is published. */
function baseName(settings: RunSettings): string {
  const { base } = settings.model;
  return /^[\w.-]+\/[\w.-]+$/.test(base) ? base : path.basename(base);
}

function nameOf(repo: string): string {
  return repo.slice(repo.indexOf("/") + 1);
}
