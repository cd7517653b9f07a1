import type { ProfileName, Settings } from "./settings";

const sample: Settings = {
  profile: "sample",
  site: {
    startUrl: "",
    articleSelector: "article.bd-article",
    sidebarSelector: "#pst-primary-sidebar a[href], nav.bd-links a[href]",
    useSitemap: true,
    maxPages: 1000,
    concurrency: 6,
    delayMs: 0,
    timeoutMs: 30_000,
    maxTries: 4,
    maxBytes: 5_000_000,
    userAgent: "matryoshka-search/0.1 (documentation crawler; honours robots.txt)",
  },
  split: { chunkChars: 1000, overlapChars: 200, minWords: 50 },
  questions: {
    source: "replay",
    model: "recorded-answers",
    baseUrl: "",
    concurrency: 8,
    requestsPerMinute: 0,
    maxTries: 3,
    maxUsd: 0,
    batch: false,
    spoiledReplies: 0,
  },
  filter: { embedder: "base", minQuestionPassage: 0.25, maxQuestionQuestion: 0.78 },
  splitRows: { unseenPages: 0.1, validationPages: 0.05, seenRows: 0.1, seed: 42 },
  model: {
    base: "sentence-transformers/all-MiniLM-L6-v2",
    dims: [384, 256, 128, 64],
    selectionDim: 128,
    precision: "auto",
    device: "auto",
  },
  training: {
    epochs: 3,
    batchSize: 32,
    accumulation: 1,
    lr: 2e-5,
    warmup: 0.1,
    seed: 42,
    maxUpdates: 0,
    checkpointMinutes: 5,
  },
  publish: {
    datasetRepo: "your-name/weft-docs-questions",
    modelRepo: "your-name/weft-docs-minilm-matryoshka",
    dryRun: true,
  },
  published: { datasetRepo: "thanhpham1/ray-technical-docs-qa-chunks" },
};

/** The three profiles: a quick check, the sample site, and the published work that this project reproduces. */
export const profiles: Record<ProfileName, Settings> = {
  sample,
  smoke: {
    ...sample,
    profile: "smoke",
    // One section of the sample site: its start page and five pages of text.
    site: { ...sample.site, startUrl: "http://weft.example/core/index.html", maxPages: 6 },
    questions: { ...sample.questions, spoiledReplies: 3 },
    training: { ...sample.training, epochs: 2, batchSize: 8, lr: 5e-5, maxUpdates: 6 },
  },
  seed: {
    ...sample,
    profile: "seed",
    site: {
      ...sample.site,
      startUrl: "https://docs.ray.io/en/releases-2.46.0/",
      maxPages: 5000,
      delayMs: 200,
    },
    questions: { ...sample.questions, source: "openai", model: "gpt-4.1" },
    filter: {
      embedder: "text-embedding-3-large",
      minQuestionPassage: 0.5,
      maxQuestionQuestion: 0.78,
    },
    model: {
      ...sample.model,
      base: "sentence-transformers/all-mpnet-base-v2",
      precision: "bf16",
      dims: [768, 512, 256, 128, 64],
    },
    training: { ...sample.training, epochs: 4, accumulation: 16 },
    publish: {
      ...sample.publish,
      datasetRepo: "your-name/ray-docs-questions",
      modelRepo: "your-name/ray-docs-mpnet-matryoshka",
    },
  },
};
