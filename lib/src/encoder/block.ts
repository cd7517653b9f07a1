import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Operand } from "./arithmetic";
import { dropoutAt, sites, type Dropout, type DropoutKey } from "./dropout";
import type { AttentionScope, Hidden, NormStash, SplitGradient } from "./kernels";
import type { Network } from "./network";
import type { BlockGradients } from "./parameters";

/** What the backward pass of a block reads. Outputs of products are kept before bias and activation. */
export interface BlockStash {
  x: Operand;
  qkv: Operand;
  logSums: tf.Tensor;
  context: Operand;
  attentionNorm: NormStash;
  middle: Operand;
  z: Operand;
  outputNorm: NormStash;
}

/** Where a block runs: its number, the micro-batch, and what dropout depends on. */
export interface BlockScope {
  layer: number;
  attention: AttentionScope;
  dropoutKey: DropoutKey;
}

/**
 * One layer of BERT or MPNet (post-norm): attention, dense, dropout, add, norm; then feed-forward, dropout, add,
 * norm. [N, H] → [N, H]. Run inside `tf.tidy`.
 */
export function block(
  network: Network,
  input: Hidden,
  scope: BlockScope,
): { y: Hidden; stash: BlockStash } {
  const { on, kernels } = network;
  const weights = network.layers[scope.layer];
  const drop = createDropouts(network, scope);
  const product = (x: Operand, weight: Operand): Operand => on.multiply(x, weight, { b: true });

  const { qkv: project, attentionOutput, intermediate, output } = weights;
  const qkv = product(input.operand, project.weight);
  const attended = kernels.attention(qkv, project.bias, scope.attention, drop.attention);
  const { context, logSums } = attended;
  const projected = product(context, attentionOutput.weight);
  const first = kernels.addNorm(
    projected,
    attentionOutput.bias,
    input.y,
    weights.attentionNorm,
    drop.attentionOutput,
  );
  const z = product(first.operand, intermediate.weight);
  const fed = on.multiply(kernels.gelu(z, intermediate.bias), output.weight);
  const second = kernels.addNorm(fed, output.bias, first.y, weights.outputNorm, drop.output);

  const stash = { x: input.operand, qkv, logSums, context, middle: first.operand, z };
  return {
    y: { y: second.y, operand: second.operand },
    stash: { ...stash, attentionNorm: asStash(first), outputNorm: asStash(second) },
  };
}

/** Gradients of {@link block} for the gradient of its output. Run inside `tf.tidy`. */
export function blockBackward(
  network: Network,
  dy: SplitGradient,
  stash: BlockStash,
  scope: BlockScope,
): { dx: SplitGradient; dRelative: tf.Tensor | null; grads: BlockGradients } {
  const { on, kernels } = network;
  const weights = network.layers[scope.layer];
  const drop = createDropouts(network, scope);
  const byWeight = (dy: Operand, x: Operand): tf.Tensor =>
    on.float(on.multiply(dy, x, { a: true }));

  const second = kernels.addNormBackward(dy, stash.outputNorm, weights.outputNorm, drop.output);
  const dFed = on.multiply(second.dBranch, weights.output.weight, { b: true });
  const fed = kernels.geluBackward(dFed, stash.z, weights.intermediate.bias);
  const dMiddle = {
    residual: second.dResidual,
    products: on.multiply(fed.dz, weights.intermediate.weight),
  };
  const first = kernels.addNormBackward(
    dMiddle,
    stash.attentionNorm,
    weights.attentionNorm,
    drop.attentionOutput,
  );
  const attended = kernels.attentionBackward(
    on.multiply(first.dBranch, weights.attentionOutput.weight),
    stash.qkv,
    weights.qkv.bias,
    stash.logSums,
    scope.attention,
    drop.attention,
  );
  return {
    dx: {
      residual: first.dResidual,
      products: on.multiply(attended.dqkv, weights.qkv.weight),
    },
    dRelative: attended.dRelative,
    grads: {
      qkv: { weight: byWeight(attended.dqkv, stash.x), bias: attended.dBias },
      attentionOutput: { weight: byWeight(first.dBranch, stash.context), bias: first.dBias },
      attentionNorm: first.norm,
      intermediate: { weight: byWeight(fed.dz, stash.middle), bias: fed.dBias },
      output: { weight: byWeight(second.dBranch, fed.y), bias: second.dBias },
      outputNorm: second.norm,
    },
  };
}

function createDropouts(
  { config }: Network,
  { layer, dropoutKey }: BlockScope,
): Record<keyof typeof sites, Dropout> {
  const hidden = (site: number): Dropout =>
    dropoutAt(dropoutKey, config.hiddenDropout, layer, site);
  return {
    attention: dropoutAt(dropoutKey, config.attentionDropout, layer, sites.attention),
    attentionOutput: hidden(sites.attentionOutput),
    output: hidden(sites.output),
  };
}

function asStash({ normalised, inverse }: NormStash): NormStash {
  return { normalised, inverse };
}
