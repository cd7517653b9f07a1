import * as tf from "@tensorflow/tfjs-node-gpu";
import { mixBits } from "../common/index";
import { DataType, rawOp, type Attribute } from "./tensorflow";

/**
 * Seeded dropout (Srivastava et al. 2014, section 4). A mask depends on nothing but its key, so a
 * recomputed forward pass drops the same values. `1 / (1 - rate)` is not applied here: it is folded
 * into the weights in front (see `prepareWeights`).
 */
export interface Dropout {
  /** A mask of the hidden states, or null where the rate is 0. True: kept. */
  hidden(shape: number[], layer: number, site: number): tf.Tensor | null;
  /** A mask of attention probabilities. */
  attention(shape: number[], layer: number): tf.Tensor | null;
}

/** Dropout off: as in encoding and evaluation. */
export const noDropout: Dropout = { hidden: () => null, attention: () => null };

/**
 * @param rates share of values dropped, in steps of 1/65536
 * @param key   seed, step, batch, micro-batch: whatever the masks should depend on
 */
export function createDropout(
  rates: { hidden: number; attention: number },
  ...key: number[]
): Dropout {
  const mask = (shape: number[], rate: number, layer: number, site: number): tf.Tensor | null =>
    rate > 0 ? drawMask(shape, rate, [...key, layer, site]) : null;
  return {
    hidden: (shape, layer, site) => mask(shape, rates.hidden, layer, site),
    attention: (shape, layer) => mask(shape, rates.attention, layer, 0),
  };
}

/** `x` where the mask is true, 0 elsewhere; `x` itself without a mask. */
export function applyMask(x: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
  if (!mask) return x;
  const zero = tf.scalar(0);
  const masked = rawOp("SelectV2", [mask, x, zero], [type("T", DataType.float32)]);
  zero.dispose();
  return masked;
}

/** Philox numbers, four of 16 bits from each of 64, compared with the rate: [shape] of bool. */
function drawMask(shape: number[], rate: number, key: number[]): tf.Tensor {
  return tf.tidy(() => {
    const size = shape.reduce((product, n) => product * n, 1);
    const words = tf.tensor1d([Math.ceil(size / 4)], "int32");
    const [state, counter] = [asUint64(hashKey(key)), asUint64([0, 0, 0, 0])];
    const bits = rawOp(
      "StatelessRandomUniformFullIntV2",
      [words, state, counter, philox()],
      [type("dtype", DataType.uint64), type("Tshape", DataType.int32)],
    );
    const numbers = rawOp(
      "Bitcast",
      [bits],
      [type("T", DataType.uint64), type("type", DataType.uint16)],
    );
    const threshold = castInt(tf.scalar(Math.round(rate * 65536), "int32"), DataType.uint16);
    const kept = rawOp("GreaterEqual", [numbers, threshold], [type("T", DataType.uint16)]);
    return tf.reshape(tf.slice(tf.reshape(kept, [-1]), 0, size), shape);
  });
}

/** Two independent 32-bit hashes of the key's parts. */
function hashKey(key: number[]): [number, number] {
  const hash = (start: number): number =>
    key.reduce((mixed, part) => mixBits(mixed ^ Math.imul(part + 1, 0x9e3779b1)), start);
  return [hash(0x2545f491), hash(0x6c8e9cf5)];
}

/** A uint64 tensor [n / 2] from pairs of 32-bit words; tfjs can make none itself. */
function asUint64(words: number[]): tf.Tensor {
  const pairs = tf.tensor2d(words, [words.length / 2, 2], "int32");
  return rawOp("Bitcast", [pairs], [type("T", DataType.int32), type("type", DataType.uint64)]);
}

function castInt(x: tf.Tensor, to: number): tf.Tensor {
  return rawOp(
    "Cast",
    [x],
    [
      type("SrcT", DataType.int32),
      type("DstT", to),
      { name: "Truncate", kind: "bool", value: false },
    ],
  );
}

/** The generator's number in TensorFlow (stateless_random_ops_v2.h). */
function philox(): tf.Tensor {
  return tf.scalar(1, "int32");
}

function type(name: string, value: number): Attribute {
  return { name, kind: "type", value };
}
