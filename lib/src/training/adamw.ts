import * as tf from "@tensorflow/tfjs-node-gpu";
import { createOptimizerKernels } from "../encoder/index";
import type { AdamWStep, OptimizerKernels, Weights } from "../encoder/index";

/** A parameter set that an optimiser changes. */
export interface Trainable {
  names(): string[];
  get(name: string): tf.Tensor;
  /** Takes over the new tensor and disposes the old one. */
  set(name: string, tensor: tf.Tensor): void;
}

export interface AdamWOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Decoupled weight decay; 0 as in the Trainer's default. */
  weightDecay?: number;
}

/** AdamW (Loshchilov & Hutter 2019, algorithm 2; PyTorch's form of ε and bias correction). */
export class AdamW {
  private readonly moments = new Map<string, { mean: tf.Tensor; square: tf.Tensor }>();
  private readonly options: Required<AdamWOptions>;
  private readonly kernels: OptimizerKernels;
  private steps = 0;

  /** @param kernels who computes: `model.kernels` */
  constructor(
    { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {},
    kernels: "native" | "composed" = "composed",
  ) {
    this.kernels = createOptimizerKernels(kernels);
    this.options = { beta1, beta2, epsilon, weightDecay };
  }

  /** One update of every parameter that has a gradient. `factor` is multiplied into the gradients (clipping). */
  update(
    parameters: Trainable,
    gradients: Iterable<[string, tf.Tensor]>,
    lr: number,
    factor: number = 1,
  ): void {
    this.steps++;
    const step = this.step(lr, factor);
    for (const [name, gradient] of gradients) {
      const old = this.moments.get(name);
      const { value, mean, square } = tf.tidy(() => {
        const moments = old ?? { mean: tf.zerosLike(gradient), square: tf.zerosLike(gradient) };
        const value = parameters.get(name);
        return this.kernels.adamW({ value, ...moments }, gradient, step);
      });
      if (old) tf.dispose([old.mean, old.square]);
      this.moments.set(name, { mean: tf.keep(mean), square: tf.keep(square) });
      parameters.set(name, value);
    }
  }

  /** The numbers of this update, in PyTorch's form: ε is added after the bias correction. */
  private step(lr: number, factor: number): AdamWStep {
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    return {
      factor,
      rate: lr / (1 - beta1 ** this.steps),
      root: 1 / Math.sqrt(1 - beta2 ** this.steps),
      decay: 1 - lr * weightDecay,
      beta1,
      beta2,
      epsilon,
    };
  }

  /** Number of updates done, and both moments of every parameter, for a checkpoint. */
  read(): { steps: number; moments: Map<string, Weights> } {
    const moments = new Map<string, Weights>();
    for (const [name, { mean, square }] of this.moments) {
      moments.set(`${name}#mean`, { shape: mean.shape, data: mean.dataSync<"float32">() });
      moments.set(`${name}#square`, { shape: square.shape, data: square.dataSync<"float32">() });
    }
    return { steps: this.steps, moments };
  }

  /** Takes up where {@link read} left off. */
  restore(steps: number, moments: ReadonlyMap<string, Weights>): void {
    this.dispose();
    this.steps = steps;
    for (const [key, { shape, data }] of moments) {
      if (!key.endsWith("#mean")) continue;
      const name = key.slice(0, -"#mean".length);
      const square = moments.get(`${name}#square`)!;
      this.moments.set(name, {
        mean: tf.tensor(data, shape),
        square: tf.tensor(square.data, square.shape),
      });
    }
  }

  dispose(): void {
    this.moments.forEach(({ mean, square }) => tf.dispose([mean, square]));
    this.moments.clear();
  }
}

/** Length of all gradients as one vector. */
export function globalNorm(
  gradients: Iterable<[string, tf.Tensor]>,
  kernels: "native" | "composed" = "composed",
): number {
  return tf.tidy(() => {
    const { sumOfSquares } = createOptimizerKernels(kernels);
    const squares = [...gradients].map(([, gradient]) => sumOfSquares(gradient));
    return Math.sqrt(tf.addN(squares).dataSync()[0]);
  });
}
