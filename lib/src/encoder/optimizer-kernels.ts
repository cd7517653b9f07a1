import * as tf from "@tensorflow/tfjs-node-gpu";
import { rawOp, rawOps, type Attribute } from "./tensorflow";

/** Numbers of one update by AdamW: what multiplies the gradient, the step's size, and so on. */
export interface AdamWStep {
  /** Multiplied into the gradient first (clipping). */
  factor: number;
  /** Learning rate over the mean's bias correction. */
  rate: number;
  /** 1 over the root of the square's bias correction. */
  root: number;
  /** What is left of a weight by decay, 1 without it. */
  decay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** A parameter with its two moments, all of one shape. (No interface, so that tfjs takes it for a container.) */
export type Moments = {
  value: tf.Tensor;
  mean: tf.Tensor;
  square: tf.Tensor;
};

/** The arithmetic of the optimiser, in one pass over memory (`native`) or of TensorFlow's operations (`composed`). */
export interface OptimizerKernels {
  /** New tensors after one update (Loshchilov & Hutter 2019, algorithm 2, in PyTorch's form). */
  adamW(old: Moments, gradient: tf.Tensor, step: AdamWStep): Moments;
  /** A scalar. */
  sumOfSquares(x: tf.Tensor): tf.Tensor;
}

export function createOptimizerKernels(kind: "native" | "composed"): OptimizerKernels {
  return kind === "native" ? native : composed;
}

const native: OptimizerKernels = {
  adamW({ value, mean, square }, gradient, { factor, rate, root, decay, ...constants }) {
    const attributes = Object.entries(constants).map(([name, value]): Attribute => ({
      name,
      kind: "float",
      value,
    }));
    const inputs = [value, gradient, mean, square, tf.tensor1d([factor, rate, root, decay])];
    const outputs = rawOps("MrlAdamW", inputs, attributes, 3);
    const [newValue, newMean, newSquare] = outputs.map((x) => tf.reshape(x, value.shape));
    return { value: newValue, mean: newMean, square: newSquare };
  },
  sumOfSquares: (x) => rawOp("MrlSumOfSquares", [x], []),
};

const composed: OptimizerKernels = {
  adamW(old, gradient, { factor, rate, root, decay, beta1, beta2, epsilon }) {
    const g = tf.mul(gradient, factor);
    const mean = tf.add(tf.mul(old.mean, beta1), tf.mul(g, 1 - beta1));
    const square = tf.add(tf.mul(old.square, beta2), tf.mul(tf.square(g), 1 - beta2));
    const denominator = tf.add(tf.mul(tf.sqrt(square), root), epsilon);
    const decayed = decay === 1 ? old.value : tf.mul(old.value, decay);
    return { value: tf.sub(decayed, tf.mul(tf.div(mean, denominator), rate)), mean, square };
  },
  sumOfSquares: (x) => tf.sum(tf.square(x)),
};
