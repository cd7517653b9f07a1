import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Arithmetic, Operand } from "./arithmetic";
import { dense, denseBackward, type Dense, type LayerGradients } from "./layers";

/**
 * The two layers of a feed-forward block. GELU's constants are folded into them: with u = z/√2 out of
 * the first, GELU(z) = √2/2 · u·(1 + erf u), and the factor in front goes into the second.
 */
export interface FeedForwardWeights {
  intermediate: Dense;
  output: Dense;
}

/** What the backward pass reads: u and 1 + erf u [N, inner], and their product as an operand. */
export interface FeedForwardStash {
  u: tf.Tensor;
  gate: tf.Tensor;
  activated: Operand;
}

/** Dense, GELU (Hendrycks & Gimpel 2016, section 2, the exact form), dense: [N, H] → [N, H]. */
export function feedForward(
  on: Arithmetic,
  x: Operand,
  weights: FeedForwardWeights,
): { y: tf.Tensor; stash: FeedForwardStash } {
  const u = dense(on, x, weights.intermediate);
  const gate = tf.add(tf.erf(u), 1);
  const activated = on.operand(tf.mul(u, gate));
  return { y: dense(on, activated, weights.output), stash: { u, gate, activated } };
}

/** Gradients of {@link feedForward}; d(u·(1 + erf u))/du = 1 + erf u + 2/√π · u·e^(−u²). */
export function feedForwardBackward(
  on: Arithmetic,
  dy: tf.Tensor,
  x: Operand,
  weights: FeedForwardWeights,
  { u, gate, activated }: FeedForwardStash,
): { dx: tf.Tensor; grads: Record<keyof FeedForwardWeights, LayerGradients> } {
  const output = denseBackward(on, dy, activated, weights.output);
  const bell = tf.mul(tf.exp(tf.neg(tf.square(u))), 2 / Math.sqrt(Math.PI));
  const slope = tf.add(gate, tf.mul(u, bell));
  const intermediate = denseBackward(on, tf.mul(output.dx, slope), x, weights.intermediate);
  return {
    dx: intermediate.dx,
    grads: { intermediate: intermediate.grads, output: output.grads },
  };
}
