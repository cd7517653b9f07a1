export { multipleNegativesRanking } from "./multiple-negatives-ranking";
export { matryoshka } from "./matryoshka";
export type { EmbeddingLoss } from "./multiple-negatives-ranking";
