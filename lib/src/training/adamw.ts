import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Weights } from "../encoder/index";

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
  private steps = 0;

  constructor({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {}) {
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
    for (const [name, gradient] of gradients) {
      const old = this.moments.get(name);
      const { value, mean, square } = tf.tidy(() =>
        this.step(parameters.get(name), gradient, old, lr, factor),
      );
      if (old) tf.dispose([old.mean, old.square]);
      this.moments.set(name, { mean, square });
      parameters.set(name, value);
    }
  }

  private step(
    value: tf.Tensor,
    gradient: tf.Tensor,
    old: { mean: tf.Tensor; square: tf.Tensor } | undefined,
    lr: number,
    factor: number,
  ): { value: tf.Tensor; mean: tf.Tensor; square: tf.Tensor } {
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    const meanPart = tf.mul(gradient, factor * (1 - beta1));
    const squarePart = tf.mul(tf.square(gradient), factor * factor * (1 - beta2));
    const mean = tf.keep(old ? tf.add(tf.mul(old.mean, beta1), meanPart) : meanPart);
    const square = tf.keep(old ? tf.add(tf.mul(old.square, beta2), squarePart) : squarePart);
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = Math.sqrt(1 - beta2 ** this.steps);
    const denominator = tf.add(tf.mul(tf.sqrt(square), 1 / correction2), epsilon);
    const change = tf.mul(tf.div(mean, denominator), lr / correction1);
    const decayed = weightDecay === 0 ? value : tf.mul(value, 1 - lr * weightDecay);
    return { value: tf.keep(tf.sub(decayed, change)), mean, square };
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
export function globalNorm(gradients: Iterable<[string, tf.Tensor]>): number {
  return tf.tidy(() => {
    const squares = [...gradients].map(([, gradient]) => tf.sum(tf.square(gradient)));
    return Math.sqrt(tf.addN(squares).dataSync()[0]);
  });
}
