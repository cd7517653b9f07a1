export { rankByBm25 } from "./bm25";
export { type BootstrapResult, type Interval, formatInterval, pairedBootstrap } from "./bootstrap";
export {
  type Comparison,
  type MetricPair,
  bootstrapMetric,
  compareMetric,
  describeGain,
} from "./comparison";
export { type RankChange, compareRanks } from "./compare-ranks";
export { type RankingResult, evaluateRankings } from "./evaluate-rankings";
export { encodeSet, encodeSets } from "./encode-set";
export { type EvaluateOptions, evaluateRetrieval } from "./evaluate-retrieval";
export { drawMap } from "./draw-map";
export * from "./figures";
export { drawRanks, drawSimilarities } from "./figures-of-change";
export { tabulateMetrics } from "./metric-table";
export { averageMetrics, metricNames, ndcg, scoreRanking } from "./metrics";
export {
  type Int8Ranges,
  findRanges,
  quantizeBinary,
  quantizeInt8,
  restoreBinary,
  restoreInt8,
} from "./quantize";
export {
  type StoredForm,
  bytesPerVector,
  quantizePassages,
  storedForms,
} from "./quantize-passages";
export { type Plane, projectToPlane } from "./principal-plane";
export { createRandomEncoder, measureChance } from "./random-encoder";
export { type RankOptions, type RankedPassage, rankPassages } from "./rank-passages";
export { type TwoStepOptions, rankInTwoSteps } from "./rank-in-two-steps";
export { rememberVectors } from "./remember-vectors";
export { type ModelResults, type Results, hashTestData, writeResults } from "./results-file";
export { toRowCorpus } from "./row-corpus";
export { type ScaleOutRun, readScaleOut } from "./scale-out";
export { type Similarities, collectSimilarities, shareByStep } from "./similarities";
export { describeSpread, drawSpread, mean } from "./spread";
export type { Encoder, QueryOutcome, RetrievalResult, RetrievalSet } from "./types";
export { cosine, truncate } from "./vectors";
