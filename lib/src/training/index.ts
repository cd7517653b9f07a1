export { fineTune } from "./fine-tune";
export { readUpdates } from "./run-events";
export type { FineTuneOptions, FineTuneResult, TrainingEvent } from "./types";
export { planEpoch, groupBatches } from "./batches";
export type { Pair } from "./batches";
export { cosineSchedule } from "./schedule";
export { AdamW, globalNorm } from "./adamw";
export type { AdamWOptions, Trainable } from "./adamw";
export { measureLoss, trainBatch } from "./train-batch";
