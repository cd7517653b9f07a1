import * as tf from "@tensorflow/tfjs-node-gpu";
import type { Dropout } from "./dropout";
import { DataType, rawOp, typeAttribute } from "./tensorflow";

/** `x` with the dropped values 0 and the kept ones divided by 1 − rate; `x` itself at rate 0. */
export function drop(x: tf.Tensor, { rate, key }: Dropout): tf.Tensor {
  if (rate === 0) return x;
  return tf.div(tf.mul(x, tf.cast(drawMask(x.shape, rate, key), "float32")), 1 - rate);
}

/** Philox numbers, four of 16 bits from each of 64, compared with the rate: [shape] of bool, true: kept. */
function drawMask(shape: number[], rate: number, key: readonly [number, number]): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const words = tf.tensor1d([Math.ceil(size / 4)], "int32");
  // The generator's number in TensorFlow (stateless_random_ops_v2.h).
  const philox = tf.scalar(1, "int32");
  const bits = rawOp(
    "StatelessRandomUniformFullIntV2",
    [words, asUint64([...key]), asUint64([0, 0, 0, 0]), philox],
    [typeAttribute("dtype", DataType.uint64), typeAttribute("Tshape", DataType.int32)],
  );
  const numbers = rawOp(
    "Bitcast",
    [bits],
    [typeAttribute("T", DataType.uint64), typeAttribute("type", DataType.uint16)],
  );
  const threshold = castInt(tf.scalar(Math.round(rate * 65536), "int32"), DataType.uint16);
  const kept = rawOp("GreaterEqual", [numbers, threshold], [typeAttribute("T", DataType.uint16)]);
  return tf.reshape(tf.slice(tf.reshape(kept, [-1]), 0, size), shape);
}

/** A uint64 tensor [n / 2] from pairs of 32-bit words; tfjs can make none itself. */
function asUint64(words: number[]): tf.Tensor {
  const pairs = tf.tensor2d(words, [words.length / 2, 2], "int32");
  const types = [typeAttribute("T", DataType.int32), typeAttribute("type", DataType.uint64)];
  return rawOp("Bitcast", [pairs], types);
}

function castInt(x: tf.Tensor, to: number): tf.Tensor {
  const types = [typeAttribute("SrcT", DataType.int32), typeAttribute("DstT", to)];
  return rawOp("Cast", [x], [...types, { name: "Truncate", kind: "bool", value: false }]);
}
