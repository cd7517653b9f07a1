import { countSets } from "./count-sets";
import { type DatasetSplit, setNames } from "./types";

/** What a reader of the dataset must know and the rows do not say. */
export interface CardInfo {
  title: string;
  /** What the passages are taken from, as a sentence's end: "the documentation of …". */
  source: string;
  /** Licence of the passages, by its name on the Hugging Face Hub: `apache-2.0`, `other`, … */
  licence: string;
  /** Who wrote the questions, as a sentence. */
  provenance: string;
  /** What was filtered, and the split, with seed: a sentence or two. */
  preparation: string;
}

/** The dataset card: YAML metadata by which the Hub and `load_dataset` find the sets, then prose. */
export function renderDatasetCard(split: DatasetSplit, info: CardInfo): string {
  return [renderMetadata(split, info), renderProse(split, info)].join("\n");
}

function renderMetadata(split: DatasetSplit, info: CardInfo): string {
  const rows = setNames.reduce((sum, name) => sum + split[name].length, 0);
  const files = setNames.map((name) => `  - split: ${name}\n    path: ${name}.parquet`);
  return `---
pretty_name: ${JSON.stringify(info.title)}
license: ${info.licence}
language:
- en
annotations_creators:
- machine-generated
task_categories:
- text-retrieval
- sentence-similarity
tags:
- sentence-transformers
- matryoshka
size_categories:
- ${sizeCategory(rows)}
configs:
- config_name: default
  data_files:
${files.join("\n")}
---
`;
}

function renderProse(split: DatasetSplit, info: CardInfo): string {
  const table = countSets(split).map(
    ({ set, pages, chunks, rows }) =>
      `| ${set} | ${pages} | ${chunks} | ${rows} | ${purpose[set]} |`,
  );
  return `# ${info.title}

Questions with their answers and the passage each was written for, taken from ${info.source}.

## Who wrote the questions

${info.provenance}

## Sets

| set | pages | passages | rows | for |
|---|---|---|---|---|
${table.join("\n")}

${info.preparation}

No page and no passage of \`validation\` or \`unseen\` stands in any other set.

## Columns

| column | type | meaning |
|---|---|---|
| global_chunk_id | int64 | number of the passage on the site, from 0 |
| text | string | the passage |
| question_id | int64 | 1 to 4 within the passage |
| question | string | a question that the passage answers |
| answer | string | a verbatim span of the passage, whitespace aside |
| page | string | path of the page below the site's start |

Each set is there as Parquet and as JSON Lines with the same rows.

\`\`\`python
from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
\`\`\`
`;
}

const purpose: Record<keyof DatasetSplit, string> = {
  train: "training",
  validation: "choosing the checkpoint; pages held out whole",
  seen: "test: new questions about passages that training knows",
  unseen: "test: pages held out whole",
};

function sizeCategory(rows: number): string {
  if (rows < 1000) return "n<1K";
  return rows < 10_000 ? "1K<n<10K" : rows < 100_000 ? "10K<n<100K" : "100K<n<1M";
}
