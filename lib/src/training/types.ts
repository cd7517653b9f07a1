import type { SentenceEncoder } from "../encoder/index";

/** What a training run reports. */
export type TrainingEvent =
  | {
      type: "start";
      updates: number;
      done: number;
      pairs: number;
      precision: string;
      device: string;
    }
  | {
      type: "update";
      /** Updates done, of all. */
      update: number;
      updates: number;
      /** From 0, growing by fractions. */
      epoch: number;
      /** Mean over the batches of the update. */
      loss: number;
      lr: number;
      /** Length of the gradient before it is clipped. */
      gradientNorm: number;
      /** Tokens without padding. */
      tokens: number;
      seconds: number;
    }
  | { type: "evaluation"; epoch: number; update: number; metrics: Record<string, number> }
  | { type: "checkpoint"; update: number; folder: string }
  /** An error or the signal ended the run after so many updates; a run with a folder has saved them. */
  | { type: "stop"; update: number; updates: number }
  | { type: "end"; bestEpoch: number | null; seconds: number };

export interface FineTuneOptions {
  epochs: number;
  /** Pairs that are each other's in-batch negatives. */
  batchSize: number;
  /** Batches whose gradients are averaged into one update; it adds no negatives. */
  accumulation?: number;
  /** Leaves out batches smaller than an epoch's first, so that every update sees equally many negatives. */
  dropLast?: boolean;
  /** Matryoshka dimensions. */
  dims: readonly number[];
  /** Highest learning rate. */
  lr: number;
  /** Share of the updates in which the rate rises. */
  warmup?: number;
  /** Inverse temperature of the loss. */
  scale?: number;
  /** Length at which the gradient is clipped. */
  maxGradientNorm?: number;
  seed?: number;
  /** Dropout as in the model's configuration; true by default. */
  dropout?: boolean;
  /** Training ends after so many updates; 0: no such limit. */
  maxUpdates?: number;
  /** Runs after each epoch; its metrics choose the best one. It gets `signal` too, to stop by. */
  evaluate?: (model: SentenceEncoder, signal?: AbortSignal) => Promise<Record<string, number>>;
  /** The metric of `evaluate` by which the best epoch is chosen (higher is better; a tie goes to the earlier one). */
  selectBy?: string;
  onEvent?: (event: TrainingEvent) => void;
  /** Stops between micro-batches, and in an evaluation that heeds it; the updates done are saved first. */
  signal?: AbortSignal;
  /** Folder of the run: settings, events, checkpoints. Nothing is written without it. */
  outputDir?: string;
  /** Go on from the newest checkpoint in `outputDir`, where there is one. */
  resume?: boolean;
  /** Minutes between checkpoints within an epoch. */
  checkpointMinutes?: number;
  /** Checkpoints of epochs that are kept. */
  keepEpochs?: number;
}

export interface FineTuneResult {
  updates: number;
  /** Number of the epoch whose weights the model now has, from 1; null without `evaluate`. */
  bestEpoch: number | null;
  /** Metrics after each epoch. */
  evaluations: { epoch: number; update: number; metrics: Record<string, number> }[];
}
