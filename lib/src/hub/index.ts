export type { PublishedFile, PublishedFolder } from "./folder";
export { type DataDescription, type ModelCardInfo, renderModelCard } from "./model-card";
export { prepareDatasetFolder } from "./prepare-dataset";
export { prepareModelFolder } from "./prepare-model";
export { type FetchRowsOptions, type PublishedRows, fetchPublishedRows } from "./published-rows";
export { type Card, readCard } from "./read-card";
export type { TrainingRun } from "./training-run";
export { type UploadEvent, type UploadOptions, type UploadResult, upload } from "./upload";
