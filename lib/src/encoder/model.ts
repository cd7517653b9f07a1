import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { type EmbedOptions, InputError, sha256File } from "../common/index";
import { createArithmetic, type Precision } from "./arithmetic";
import { readConfig, type EncoderConfig } from "./config";
import { autoPrecision } from "./auto-precision";
import { createComposedKernels } from "./composed-kernels";
import { copyCompanions, declareFloat32 } from "./companion-files";
import { encodeToFile, type EncodedFile, type EncodeToFileOptions } from "./encode-to-file";
import { planMicroBatches } from "./micro-batches";
import { createNativeKernels, hasNativeKernels } from "./native-kernels";
import { forward, type Network } from "./network";
import { Parameters, prepareLayers } from "./parameters";
import { readSafetensors, writeSafetensors } from "./safetensors";
import { usesGpu } from "./tensorflow";
import { loadTokenizer, type TextTokenizer } from "./tokenizer";

export interface LoadOptions {
  /** Of the matrix products; `auto`: the one that the set-up found to be faster here. */
  precision?: "auto" | Precision;
  /** `auto`: the GPU where TensorFlow finds one. */
  device?: "auto" | "cpu" | "gpu";
  /**
   * `native`: our own operations, on the CPU; `composed`: TensorFlow's, slower there. `auto`: native where the
   * set-up has compiled them and the CPU computes.
   */
  kernels?: "auto" | "native" | "composed";
}

/** What texts are decides which of the model's own prompts stands in front of them; see `config.prompts`. */
export interface EncodeOptions extends EmbedOptions {
  /** Keep the first so many values, normalised anew; all of them by default. */
  dim?: number;
  /** Put in front of every text, in place of the model's own prompt. */
  prompt?: string;
  /** Stops between micro-batches. */
  signal?: AbortSignal;
  /** Tokens that pass through the model together: 4096, on a GPU 16384. */
  maxBatchTokens?: number;
}

/** A sentence encoder (BERT or MPNet) in TensorFlow.js. Made by {@link loadModel}. */
export class SentenceEncoder {
  readonly precision: Precision;
  readonly device: "cpu" | "gpu";
  readonly kernels: "native" | "composed";
  readonly tokenizer: TextTokenizer;
  /** For training: the weights, and what the model is made of. */
  readonly parameters: Parameters;
  readonly config: EncoderConfig;
  private readonly folder: string;
  private sourceHash?: string;
  private prepared: { network: Network; version: number } | null = null;

  constructor(folder: string, options: LoadOptions) {
    const { precision = "auto", device = "auto", kernels = "auto" } = options;
    this.folder = folder;
    this.device = chooseDevice(device);
    this.kernels = chooseKernels(kernels, this.device);
    this.precision = precision === "auto" ? autoPrecision() : precision;
    this.config = readConfig(folder);
    this.tokenizer = loadTokenizer(folder);
    const file = path.join(folder, "model.safetensors");
    this.parameters = new Parameters(readSafetensors(file), this.config, file);
  }

  /** Length of an embedding. */
  get dim(): number {
    return this.config.hidden;
  }

  /** Longest input in tokens, the special ones included; longer texts are cut. */
  get maxTokens(): number {
    return this.tokenizer.maxTokens;
  }

  /**
   * Embeds texts: put the prompt in front, tokenise, encode, pool, the first `dim` values, unit length.
   * @returns a vector a text, in input order
   * @throws InputError for a dimension that the model does not have
   */
  async encode(texts: readonly string[], options: EncodeOptions = {}): Promise<Float32Array[]> {
    const { dim = this.dim, onProgress, signal } = options;
    const { maxBatchTokens = this.device === "gpu" ? 16384 : 4096 } = options;
    checkDim(dim, this.dim);
    const tokens = this.tokenise(texts, options);
    const vectors: Float32Array[] = new Array<Float32Array>(texts.length);
    let done = 0;
    for (const batch of planMicroBatches(tokens, maxBatchTokens)) {
      signal?.throwIfAborted();
      const pooled = forward(this.network(), batch, null);
      const values = (await pooled.data()) as Float32Array;
      pooled.dispose();
      batch.rows.forEach((row, i) => {
        vectors[row] = normalise(values.subarray(i * this.dim, i * this.dim + dim));
      });
      onProgress?.((done += batch.rows.length), texts.length);
      await new Promise(setImmediate);
    }
    return vectors;
  }

  /** SHA-256 of the weights' file that the model was loaded from, whatever training has made of the weights since. */
  hashSource(): string {
    return (this.sourceHash ??= sha256File(path.join(this.folder, "model.safetensors")));
  }

  /** Token ids of texts behind their prompt, as {@link encode} sees them. */
  tokenise(
    texts: readonly string[],
    { role = "plain", prompt = this.config.prompts[role] }: Pick<EncodeOptions, "role" | "prompt">,
  ): number[][] {
    return texts.map((text) => this.tokenizer.encode(prompt + text));
  }

  /**
   * Embeds texts like {@link encode}, a block at a time, into a NumPy file (`.npy`, float32): neither texts nor
   * vectors need to fit into memory. A call that was killed or stopped is gone on with by the same call: finished
   * blocks stand in `<file>.part`, and count if texts, model and options are still the same. The file itself is
   * there only when it is whole. {@link readVectors} and `numpy.load` read it.
   * @param texts read once, from the beginning also when going on
   * @throws InputError for a dimension that the model does not have, a block size, or what is no text
   */
  encodeToFile(
    texts: Iterable<string> | AsyncIterable<string>,
    file: string,
    options: EncodeToFileOptions = {},
  ): Promise<EncodedFile> {
    return encodeToFile(this, texts, file, options);
  }

  /**
   * Writes a folder that Python's `SentenceTransformer(folder)` loads: new weights, always float32, the other files as
   * they were. The weights come last, so a folder that has them is complete.
   */
  async save(folder: string): Promise<void> {
    fs.mkdirSync(folder, { recursive: true });
    if (path.resolve(folder) !== path.resolve(this.folder)) {
      fs.rmSync(path.join(folder, "model.safetensors"), { force: true });
      await copyCompanions(this.folder, folder);
    }
    declareFloat32(folder);
    writeSafetensors(path.join(folder, "model.safetensors"), this.parameters.read());
  }

  /** Frees the weights. */
  dispose(): void {
    this.forgetPrepared();
    this.parameters.dispose();
  }

  /** The model as an encoding pass sees it; weights are prepared anew after a change. */
  private network(): Network {
    const { parameters } = this;
    if (this.prepared?.version !== parameters.version) {
      this.forgetPrepared();
      this.prepared = {
        network: createNetwork(this, { stash: false }),
        version: parameters.version,
      };
    }
    return this.prepared.network;
  }

  private forgetPrepared(): void {
    if (this.prepared) tf.dispose(this.prepared.network.layers as unknown as tf.TensorContainer[]);
    this.prepared = null;
  }
}

/**
 * The model with its weights prepared for passes; the caller disposes `layers`.
 * @param stash whether backward passes will follow the forward ones
 */
export function createNetwork(
  { config, parameters, precision, kernels }: SentenceEncoder,
  { stash }: { stash: boolean },
): Network {
  const on = createArithmetic(precision);
  const make =
    kernels === "native"
      ? createNativeKernels(precision, config.layerNormEps, stash)
      : createComposedKernels(on, config.layerNormEps);
  return { on, kernels: make, config, parameters, layers: prepareLayers(on, parameters, config) };
}

/**
 * Loads any sentence-transformers folder with BERT or MPNet, mean or CLS pooling, and safetensors weights.
 * @throws InputError naming what is missing, damaged or not supported
 */
export async function loadModel(
  folder: string,
  options: LoadOptions = {},
): Promise<SentenceEncoder> {
  await tf.ready();
  return new SentenceEncoder(folder, options);
}

function chooseDevice(wanted: "auto" | "cpu" | "gpu"): "cpu" | "gpu" {
  const found = usesGpu() ? "gpu" : "cpu";
  if (wanted === "auto" || wanted === found) return found;
  const wayOut =
    wanted === "gpu"
      ? "check that nvidia-smi answers, then run the set-up again"
      : "start with CUDA_VISIBLE_DEVICES set to nothing";
  throw new InputError(`device is "${wanted}", but TensorFlow runs on the ${found}; ${wayOut}`);
}

function chooseKernels(
  wanted: "auto" | "native" | "composed",
  device: "cpu" | "gpu",
): "native" | "composed" {
  if (wanted === "composed") return wanted;
  if (hasNativeKernels(device)) return "native";
  if (wanted === "auto") return "composed";
  throw new InputError(
    `kernels is "native", but TensorFlow's addon holds none for the ${device}; run the set-up again, or leave it out`,
  );
}

function checkDim(dim: number, whole: number): void {
  if (Number.isInteger(dim) && dim >= 1 && dim <= whole) return;
  throw new InputError(`dim is ${dim}; the model has dimensions 1 to ${whole}`);
}

function normalise(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.max(Math.sqrt(sum), 1e-12);
  return values.map((value) => value / length);
}
