import * as tf from "@tensorflow/tfjs-node-gpu";
import type { EncoderConfig } from "./config";
import type { DropoutKey } from "./dropout";
import { addWordGradients, type WordGradient } from "./embeddings";
import { Gradients } from "./gradients";
import { planMicroBatches, type MicroBatch } from "./micro-batches";
import { createNetwork, type SentenceEncoder } from "./model";
import { backward, disposeStash, forward, forwardWithStash } from "./network";
import type { Network, Stash } from "./network";

export interface TrainingPassOptions {
  /** What dropout depends on, such as seed and number of the update; null: no dropout. */
  dropoutKey: number[] | null;
  /** Tokens of a micro-batch: 2048, on a GPU 8192. */
  maxBatchTokens?: number;
  /**
   * Bytes of activations that are kept for the backward pass: 1e9, on a GPU 4e9. Micro-batches beyond are
   * computed again.
   */
  maxStashBytes?: number;
  signal?: AbortSignal;
}

/** A CPU is quickest with what stays near it; a GPU wants much work at a time. */
const sizes = {
  cpu: { maxBatchTokens: 2048, maxStashBytes: 1e9 },
  gpu: { maxBatchTokens: 8192, maxStashBytes: 4e9 },
};

/** Rows of word gradients that are held at most, so that memory does not grow with the batch. */
const MAX_WORD_ROWS = 16384;

interface MicroPass {
  plan: MicroBatch;
  dropoutKey: DropoutKey;
  stash: Stash | null;
}

/**
 * Embeddings of a batch of any size with their gradients, in the memory of a few micro-batches: the loss sees
 * all embeddings at once, and each micro-batch's backward pass then needs only its own rows of the loss's
 * gradient (gradient caching, Gao et al. 2021, section 3.2). Activations are kept while they fit.
 *
 * For each update: `embed`, a loss on the result, `backward`; any number of times; then `finish`.
 */
export class TrainingPass {
  private readonly network: Network;
  private readonly gradients: Gradients;
  private readonly sizes: (typeof sizes)["cpu"];
  private readonly words: WordGradient[] = [];
  private passes: MicroPass[] = [];
  private pooled: tf.Tensor[] = [];
  private batches = 0;

  constructor(
    model: SentenceEncoder,
    private readonly options: TrainingPassOptions,
  ) {
    this.sizes = sizes[model.device];
    this.network = createNetwork(model, { stash: true });
    this.gradients = new Gradients(model.config.kind);
  }

  /**
   * Encodes texts given as token ids.
   * @returns pooled embeddings [texts, hidden], not normalised, in input order; the caller disposes them
   */
  async embed(tokens: readonly (readonly number[])[]): Promise<tf.Tensor2D> {
    const { config, on } = this.network;
    const { maxBatchTokens = this.sizes.maxBatchTokens, dropoutKey, signal } = this.options;
    const { maxStashBytes = this.sizes.maxStashBytes } = this.options;
    const pooled: tf.Tensor[] = (this.pooled = []);
    let left = maxStashBytes;
    for (const plan of planMicroBatches(tokens, maxBatchTokens)) {
      signal?.throwIfAborted();
      const key = dropoutKey && [...dropoutKey, this.batches, this.passes.length];
      const bytes = stashBytes(config, plan, on.precision === "bf16" ? 2 : 4);
      const pass = bytes <= left ? forwardWithStash(this.network, plan, key) : null;
      left -= pass ? bytes : 0;
      pooled.push(pass ? pass.pooled : forward(this.network, plan, key));
      this.passes.push({ plan, dropoutKey: key, stash: pass?.stash ?? null });
      await new Promise(setImmediate);
    }
    this.batches++;
    return inInputOrder(pooled, this.passes);
  }

  /** Adds the gradients of all parameters for the gradient [texts, hidden] of the last `embed`'s result. */
  async backward(dEmbeddings: tf.Tensor2D): Promise<void> {
    for (const { plan, dropoutKey, stash } of this.passes.splice(0).reverse()) {
      const d = tf.tidy(() => tf.gather(dEmbeddings, tf.tensor1d(plan.rows, "int32")));
      const whole = stash ?? this.compute(plan, dropoutKey);
      this.words.push(backward(this.network, d, whole, this.gradients));
      d.dispose();
      this.foldWords(MAX_WORD_ROWS);
      await new Promise(setImmediate);
    }
  }

  /** Adds the word rows to the table's gradient once there are more than `rows`: each time costs a pass over it. */
  private foldWords(rows: number): void {
    const held = this.words.reduce((sum, { ids }) => sum + ids.length, 0);
    if (held > rows) addWordGradients(this.words.splice(0), this.network, this.gradients);
  }

  private compute(plan: MicroBatch, dropoutKey: DropoutKey): Stash {
    const { pooled, stash } = forwardWithStash(this.network, plan, dropoutKey);
    pooled.dispose();
    return stash;
  }

  /** Gradients by parameter name, each times `factor`. The caller disposes them; the pass has ended. */
  finish(factor: number = 1): Gradients {
    this.foldWords(0);
    this.gradients.scale(factor);
    tf.dispose(this.network.layers as unknown as tf.TensorContainer[]);
    return this.gradients;
  }

  /** Frees everything, where a pass is given up. */
  dispose(): void {
    this.passes.forEach(({ stash }) => stash && disposeStash(stash));
    tf.dispose(this.pooled);
    tf.dispose(this.words.map(({ rows }) => rows));
    tf.dispose(this.network.layers as unknown as tf.TensorContainer[]);
    this.gradients.dispose();
  }
}

/** Rows of the micro-batches, put back where their texts stood; the parts are disposed. */
function inInputOrder(pooled: tf.Tensor[], passes: MicroPass[]): tf.Tensor2D {
  const order = passes.flatMap(({ plan }) => plan.rows);
  const places = new Int32Array(order.length);
  order.forEach((row, place) => (places[row] = place));
  const result = tf.tidy(() => tf.gather(tf.concat(pooled), tf.tensor1d(places, "int32")));
  tf.dispose(pooled);
  return result as tf.Tensor2D;
}

/** Bytes that the stash of a micro-batch takes, from the shapes in `BlockStash`. */
function stashBytes(config: EncoderConfig, { ids }: MicroBatch, operandBytes: number): number {
  const { hidden: H, intermediate: F, heads } = config;
  return config.layers * ids.length * (operandBytes * (8 * H + F) + 4 * (heads + 2));
}
