import * as fs from "node:fs";
import { InputError, appendJsonLine, writeJson } from "../common/index";
import { TrainingPass, type SentenceEncoder, type Weights } from "../encoder/index";
import { matryoshka, multipleNegativesRanking, type EmbeddingLoss } from "../losses/index";
import { AdamW, globalNorm } from "./adamw";
import { groupBatches, planEpoch, type Pair } from "./batches";
import { checkOptions } from "./check-options";
import {
  clearRun,
  loadEpoch,
  pruneEpochs,
  restoreCheckpoint,
  saveCheckpoint,
  saveEpoch,
  setWeights,
  type RunState,
} from "./checkpoints";
import { describeRun, markRun, recordFiles } from "./run-record";
import { cosineSchedule } from "./schedule";
import { trainBatch } from "./train-batch";
import type { FineTuneOptions, FineTuneResult, TrainingEvent } from "./types";

/**
 * Fine-tunes a sentence encoder on pairs with the Matryoshka form of the multiple negatives ranking loss:
 * AdamW, cosine schedule, clipped gradient, dropout, batches that hold no chunk twice. At the end the model
 * has the weights of the best epoch.
 *
 * One seed gives the same run, and a run that was stopped and resumed ends as the uninterrupted one: bit for bit in
 * f32 on one CPU. A GPU adds in no fixed order.
 * @throws InputError for options that cannot be used, or a checkpoint of other settings
 * @throws the signal's reason when stopped; what was done is saved first
 */
export async function fineTune(
  model: SentenceEncoder,
  pairs: readonly Pair[],
  options: FineTuneOptions,
): Promise<FineTuneResult> {
  return new Run(model, pairs, options).train();
}

class Run {
  private readonly optimizer: AdamW;
  private readonly loss: EmbeddingLoss;
  private readonly updates: number;
  private readonly updatesPerEpoch: number[];
  private state: RunState;
  private lastSaved = Date.now();
  /** Of a run without a folder; with one, they are read back from it. */
  private bestWeights = new Map<string, Weights>();

  constructor(
    private readonly model: SentenceEncoder,
    private readonly pairs: readonly Pair[],
    private readonly options: FineTuneOptions,
  ) {
    checkOptions(pairs, options);
    this.optimizer = new AdamW({}, model.kernels);
    this.loss = matryoshka(multipleNegativesRanking(options.scale), options.dims);
    this.updatesPerEpoch = Array.from({ length: options.epochs }, (_, i) => this.groups(i).length);
    const all = this.updatesPerEpoch.reduce((sum, n) => sum + n, 0);
    this.updates = options.maxUpdates ? Math.min(all, options.maxUpdates) : all;
    const { precision } = model;
    const mark = options.outputDir ? markRun(pairs, options, model) : "";
    this.state = { update: 0, fingerprint: mark, precision, evaluations: [] };
  }

  async train(): Promise<FineTuneResult> {
    const started = Date.now();
    this.open();
    try {
      for (let epoch = 0, first = 0; first < this.updates; first += this.updatesPerEpoch[epoch++]) {
        await this.trainEpoch(epoch, first);
      }
    } catch (error) {
      // What is done is worth keeping, whatever stopped the run; a checkpoint holds whole updates only.
      if (this.state.update > 0) this.save();
      this.report({ type: "stop", update: this.state.update, updates: this.updates });
      throw error;
    } finally {
      this.optimizer.dispose();
    }
    const bestEpoch = this.bestEpoch();
    if (bestEpoch !== null) {
      const { outputDir } = this.options;
      if (outputDir) loadEpoch(outputDir, this.model, bestEpoch);
      else setWeights(this.model, this.bestWeights);
    }
    this.report({ type: "end", bestEpoch, seconds: (Date.now() - started) / 1000 });
    return { updates: this.state.update, bestEpoch, evaluations: this.state.evaluations };
  }

  private open(): void {
    const { outputDir, resume } = this.options;
    const { precision, device } = this.model;
    if (outputDir && resume) {
      const mark = this.state.fingerprint;
      this.state = restoreCheckpoint(outputDir, this.model, this.optimizer, mark) ?? this.state;
    } else if (outputDir) clearRun(outputDir);
    const done = this.state.update;
    // Of a run that goes on, versions and device of its beginning stay; each start's device stands in the events.
    if (outputDir && !(done > 0 && fs.existsSync(recordFiles(outputDir).settings)))
      writeJson(recordFiles(outputDir).settings, describeRun(this.pairs, this.options, this.model));
    this.report({
      type: "start",
      updates: this.updates,
      done,
      pairs: this.pairs.length,
      precision,
      device,
    });
  }

  /** The updates of an epoch that are not done yet, then its evaluation. `first`: updates before the epoch. */
  private async trainEpoch(epoch: number, first: number): Promise<void> {
    const groups = this.groups(epoch);
    const last = Math.min(first + groups.length, this.updates);
    for (let update = Math.max(first, this.state.update); update < last; update++) {
      const position = epoch + (update + 1 - first) / groups.length;
      await this.update(update, groups[update - first], position);
      const minutes = (Date.now() - this.lastSaved) / 60_000;
      if (minutes >= (this.options.checkpointMinutes ?? 5)) this.save();
    }
    if (!this.state.evaluations.some((done) => done.epoch === epoch + 1))
      await this.closeEpoch(epoch + 1);
  }

  private async update(update: number, batches: Pair[][], epoch: number): Promise<void> {
    const {
      seed = 42,
      lr,
      warmup = 0.1,
      maxGradientNorm = 1,
      dropout = true,
      signal,
    } = this.options;
    const started = Date.now();
    const dropoutKey = dropout ? [seed, update] : null;
    const pass = new TrainingPass(this.model, { dropoutKey, signal });
    const results: { loss: number; tokens: number }[] = [];
    try {
      for (const batch of batches)
        results.push(await trainBatch(this.model, pass, batch, this.loss));
    } catch (error) {
      pass.dispose();
      throw error;
    }
    const gradients = pass.finish(1 / batches.length);
    const gradientNorm = globalNorm(gradients.entries(), this.model.kernels);
    const rate = lr * cosineSchedule(update, this.updates, warmup);
    const clip = Math.min(1, maxGradientNorm / (gradientNorm + 1e-6));
    this.optimizer.update(this.model.parameters, gradients.entries(), rate, clip);
    gradients.dispose();
    // Before the report: a listener that throws must not have the update done once more on resuming.
    this.state.update = update + 1;
    this.report({
      type: "update",
      update: update + 1,
      updates: this.updates,
      epoch,
      loss: results.reduce((sum, result) => sum + result.loss, 0) / results.length,
      lr: rate,
      gradientNorm,
      tokens: results.reduce((sum, result) => sum + result.tokens, 0),
      seconds: (Date.now() - started) / 1000,
    });
  }

  private async closeEpoch(epoch: number): Promise<void> {
    const { evaluate, outputDir, keepEpochs = 3, signal } = this.options;
    const { update } = this.state;
    const metrics = evaluate ? await evaluate(this.model, signal) : {};
    // Before the state knows of the epoch: whatever fails after this, its weights are there.
    if (outputDir) saveEpoch(outputDir, this.model, epoch);
    this.state.evaluations.push({ epoch, update, metrics });
    if (evaluate) this.report({ type: "evaluation", epoch, update, metrics });
    if (!outputDir) {
      if (this.bestEpoch() === epoch)
        this.bestWeights = structuredClone(this.model.parameters.read());
      return;
    }
    this.save();
    pruneEpochs(outputDir, keepEpochs, this.bestEpoch() ?? epoch);
  }

  private save(): void {
    const { outputDir } = this.options;
    if (!outputDir) return;
    const folder = saveCheckpoint(outputDir, this.model, this.optimizer, this.state);
    this.lastSaved = Date.now();
    this.report({ type: "checkpoint", update: this.state.update, folder });
  }

  /** The epoch with the highest metric; the earlier one of a tie. Null where nothing was evaluated. */
  private bestEpoch(): number | null {
    const { selectBy, evaluate } = this.options;
    if (!evaluate || !selectBy || this.state.evaluations.length === 0) return null;
    const value = (i: number): number => this.state.evaluations[i].metrics[selectBy];
    if (value(0) === undefined) {
      const known = Object.keys(this.state.evaluations[0].metrics).join(", ");
      throw new InputError(`selectBy is "${selectBy}"; evaluate gives ${known}`);
    }
    const best = this.state.evaluations.reduce((top, _, i) => (value(i) > value(top) ? i : top), 0);
    return this.state.evaluations[best].epoch;
  }

  private groups(epoch: number): Pair[][][] {
    const { batchSize, seed = 42, accumulation = 1, dropLast } = this.options;
    const batches = planEpoch(this.pairs, batchSize, seed, epoch, dropLast);
    return groupBatches(
      batches.map((batch) => batch.map((i) => this.pairs[i])),
      accumulation,
    );
  }

  private report(event: TrainingEvent): void {
    const { outputDir, onEvent } = this.options;
    if (outputDir) appendJsonLine(recordFiles(outputDir).events, { time: new Date(), ...event });
    onEvent?.(event);
  }
}
