import * as tf from "@tensorflow/tfjs-node-gpu";
import { createArithmetic, elementType, type Precision } from "./arithmetic";
import type { Dropout } from "./dropout";
import type { Hidden, Kernels, LayerGradients, NormStash } from "./kernels";
import { rawOp, rawOps, typeAttribute, type Attribute } from "./tensorflow";

/**
 * The kernels as the operations of `lib/native`, which the set-up compiles into TensorFlow's addon: one pass over
 * memory each, no mask and no matrix of scores kept. CPU only; see {@link hasNativeKernels}.
 * @param stash whether a backward pass will follow; else what it would read is left empty
 */
export function createNativeKernels(
  precision: Precision,
  epsilon: number,
  stash: boolean,
): Kernels {
  const type = typeAttribute("T", elementType(precision));
  const withDropout = ({ rate, key }: Dropout): { attributes: Attribute[]; key: tf.Tensor } => ({
    attributes: [type, { name: "rate", kind: "float", value: rate }],
    key: tf.tensor1d([...key], "int32"),
  });
  const run = (
    name: string,
    inputs: (tf.Tensor | null)[],
    dropout: Dropout,
    outputs: number,
    ...more: Attribute[]
  ): tf.Tensor[] => {
    const { attributes, key } = withDropout(dropout);
    const all = [...inputs.map((input) => input ?? tf.tensor1d([])), key];
    return rawOps(name, all, [...attributes, ...more], outputs);
  };
  const tolerance: Attribute = { name: "epsilon", kind: "float", value: epsilon };
  const forward: Attribute[] = [tolerance, { name: "stash", kind: "bool", value: stash }];
  const heads = (value: number): Attribute => ({ name: "heads", kind: "int", value });
  const none = (): tf.Tensor => createArithmetic(precision).operand(tf.tensor1d([]));
  const asHidden = ([y, operand, normalised, inverse]: tf.Tensor[]): Hidden & NormStash => ({
    y,
    operand: precision === "f32" ? y : operand,
    normalised,
    inverse,
  });
  const asNorm = (weight: tf.Tensor, bias: tf.Tensor): LayerGradients => ({ weight, bias });

  return {
    embed({ words, positions, type }, ids, places, norm, dropout) {
      const tokens = [ids, places].map((values) => tf.tensor1d(values, "int32"));
      const inputs = [...tokens, words, positions, type, norm.weight, norm.bias];
      return asHidden(run("MrlEmbed", inputs, dropout, 4, ...forward));
    },
    embedBackward(d, { normalised, inverse }, norm, dropout) {
      const inputs = [d.residual, d.products ?? none(), normalised, inverse, norm.weight];
      const [dx, ...norms] = run("MrlEmbedBackward", inputs, dropout, 3, tolerance);
      return { dx, norm: asNorm(norms[0], norms[1]) };
    },
    addNorm(branch, bias, residual, norm, dropout) {
      const inputs = [branch, bias, residual, norm.weight, norm.bias];
      return asHidden(run("MrlAddNorm", inputs, dropout, 4, ...forward));
    },
    addNormBackward(d, { normalised, inverse }, norm, dropout) {
      const inputs = [d.residual, d.products ?? none(), normalised, inverse, norm.weight];
      const outputs = run("MrlAddNormBackward", inputs, dropout, 5, tolerance);
      const [dResidual, dBranch, weight, shift, dBias] = outputs;
      return { dResidual, dBranch, dBias, norm: asNorm(weight, shift) };
    },
    gelu: (z, bias) => rawOp("MrlGelu", [z, bias], [type]),
    geluBackward(dy, z, bias) {
      const [dz, y, dBias] = rawOps("MrlGeluBackward", [dy, z, bias], [type], 3);
      return { dz, y, dBias };
    },
    attention(qkv, bias, scope, dropout) {
      const offsets = tf.tensor1d(scope.batch.offsets, "int32");
      const inputs = [qkv, bias, offsets, scope.relative];
      const outputs = run("MrlAttention", inputs, dropout, 2, heads(scope.heads));
      return { context: outputs[0], logSums: outputs[1] };
    },
    attentionBackward(dContext, qkv, bias, logSums, scope, dropout) {
      const offsets = tf.tensor1d(scope.batch.offsets, "int32");
      const inputs = [dContext, qkv, bias, logSums, offsets, scope.relative];
      const outputs = run("MrlAttentionBackward", inputs, dropout, 3, heads(scope.heads));
      const [dqkv, dBias, dRelative] = outputs;
      return { dqkv, dBias, dRelative: scope.relative ? dRelative : null };
    },
  };
}

/** True where the addon holds the operations and TensorFlow runs on the CPU. */
export function hasNativeKernels(device: "cpu" | "gpu"): boolean {
  if (device !== "cpu") return false;
  try {
    tf.tidy(() => void rawOp("MrlSumOfSquares", [tf.tensor1d([1])], []));
    return true;
  } catch (error) {
    if (error instanceof Error && /MrlSumOfSquares/.test(error.message)) return false;
    throw error;
  }
}
