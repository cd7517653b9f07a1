import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import type { SettingsChange } from "mrl/common";
import { prepareModelFolder } from "mrl/hub";
import { createWorkFolder, data } from "./work-folder";

// eslint's own YAML parser reads the metadata back
const { load } = require("js-yaml") as { load: (text: string) => unknown };

interface Metadata {
  language: string[];
  license: string;
  library_name: string;
  pipeline_tag: string;
  base_model: string;
  datasets: string[];
  tags: string[];
  "model-index": {
    name: string;
    results: {
      task: { type: string };
      dataset: { type: string; split: string; args: { truncate_dim: number } };
      metrics: { type: string; value: number; name: string }[];
    }[];
  }[];
}

function makeCard(change: SettingsChange = {}): { metadata: Metadata; body: string } {
  const settings = createWorkFolder(change);
  const { folder } = prepareModelFolder(settings, data);
  const card = fs.readFileSync(path.join(folder, "README.md"), "utf8");
  assert.ok(!card.includes(settings.root), "a path of the machine is in the card");
  const [, yaml, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(card) ?? [];
  return { metadata: load(yaml) as Metadata, body };
}

test("the metadata says what the Hub asks for", () => {
  const { metadata } = makeCard({ publish: { datasetRepo: "me/weft", modelRepo: "me/finder" } });
  const { "model-index": index, tags, ...rest } = metadata;
  assert.deepEqual(rest, {
    language: ["en"],
    license: "apache-2.0",
    library_name: "sentence-transformers",
    pipeline_tag: "sentence-similarity",
    base_model: "sentence-transformers/all-MiniLM-L6-v2",
    datasets: ["me/weft"],
  });
  for (const tag of ["sentence-transformers", "feature-extraction", "matryoshka"]) {
    assert.ok(tags.includes(tag), tag);
  }
  assert.equal(index[0].name, "finder");
});

test("the model index holds every metric of the tuned model by test set and dimension", () => {
  const { results } = makeCard({ publish: { datasetRepo: "me/weft" } }).metadata["model-index"][0];
  assert.deepEqual(
    results.map(({ dataset }) => [dataset.type, dataset.split, dataset.args.truncate_dim]),
    [
      ["me/weft", "seen", 384],
      ["me/weft", "seen", 128],
      ["me/weft", "unseen", 384],
      ["me/weft", "unseen", 128],
    ],
  );
  assert.deepEqual(results[2].task, {
    type: "information-retrieval",
    name: "Information Retrieval",
  });
  assert.deepEqual(results[2].metrics, [
    { type: "cosine_accuracy@1", value: 0.5, name: "Cosine Accuracy@1" },
    { type: "cosine_ndcg@10", value: 0.74, name: "Cosine Ndcg@10" },
  ]);
});

test("the text shows base → tuned, how it was trained and from what", () => {
  const { body } = makeCard();
  assert.match(body, /\| 384 \| 1536 \| 0\.620 → 0\.760 \| 0\.623 → 0\.740 \|/);
  assert.match(body, /\| 128 \| 512 \| 0\.520 → 0\.660 \| 0\.523 → 0\.640 \|/);
  assert.match(body, /210 new questions[\s\S]*263\s+questions about pages/);
  // of the run that ended last: 180 updates, 60 s + 120 s, epoch 3
  assert.match(
    body,
    /\(cpu, bf16\): 180 updates in\s3\.0 minutes\. .* epoch 3, chosen by NDCG@10 at 128/,
  );
  assert.match(body, /\| batchSize \| 32 \|/);
  assert.match(body, /1897 pairs/);
  assert.ok(body.includes(data.provenance) && body.includes(data.preparation));
});

test("the code to use it names the model and a dimension below the full one", () => {
  const { body } = makeCard({ publish: { modelRepo: "me/finder" } });
  assert.match(body, /SentenceTransformer\("me\/finder", truncate_dim=256\)/);
  assert.match(body, /loadModel\("finder"\)[\s\S]*\{ dim: 256 \}/);
});

test("where the model has prompts, they stand in the texts of the code to use it", () => {
  const prompts = { query: "query: ", passage: "passage: " };
  const settings = createWorkFolder();
  const file = path.join(settings.workDir, "model", "config_sentence_transformers.json");
  const use = (config: object): string => {
    fs.writeFileSync(file, JSON.stringify(config));
    prepareModelFolder(settings, data);
    return fs.readFileSync(path.join(settings.workDir, "publish/model/README.md"), "utf8");
  };
  const texts = '(["query: How do I …?", "passage: A passage."], ';
  const calls = (card: string): string[] =>
    card.split("\n").filter((line) => line.includes(texts) && !line.includes("import"));
  assert.equal(calls(use({ prompts })).length, 3);
  assert.ok(calls(use({ prompts })).every((line) => !line.includes("prompt")));
  const [python, own, browser] = calls(use({ prompts, default_prompt_name: "query" }));
  assert.match(python, /normalize_embeddings=True, prompt=""\)/);
  assert.match(own, /dim: 256, prompt: ""/);
  assert.doesNotMatch(browser, /prompt/);
});

test("a base model in a local folder is named without its path, whatever its name", () => {
  const odd = `it's: [an] "odd" #name\u2028`;
  const { metadata } = makeCard({ model: { base: path.join("/home/me/models", odd) } });
  assert.equal(metadata.base_model, odd);
  assert.equal(metadata.license, "other"); // not known, so not claimed
});

test("no secret of the environment is in the card", () => {
  process.env.HF_TOKEN = "hf_plantedsecret";
  process.env.OPENAI_API_KEY = "sk-plantedsecret";
  try {
    const { metadata, body } = makeCard();
    assert.ok(!JSON.stringify(metadata).includes("plantedsecret"));
    assert.ok(!body.includes("plantedsecret"));
  } finally {
    delete process.env.HF_TOKEN;
    delete process.env.OPENAI_API_KEY;
  }
});
