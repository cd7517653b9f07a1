import * as tf from "@tensorflow/tfjs-node-gpu";
import { DataType, rawOp, typeAttribute } from "./tensorflow";

/** Element type in which matrices are multiplied; sums and everything else are float32 in both. */
export type Precision = "f32" | "bf16";

/**
 * A tensor in the precision of the products. In bf16 only raw operations can read it, as tfjs takes it for
 * float32; in f32 it is an ordinary tensor.
 */
export type Operand = tf.Tensor;

/** Matrix products in one precision. */
export interface Arithmetic {
  readonly precision: Precision;
  /** `x` in the precision of the products: a tensor of its own. */
  operand(x: tf.Tensor): Operand;
  /** An operand as float32: a tensor of its own. */
  float(x: Operand): tf.Tensor;
  /** `a b` for 2-D operands, either of them transposed on the way. */
  multiply(a: Operand, b: Operand, transposed?: Transposed): Operand;
}

/** Which side of a product is transposed. */
export interface Transposed {
  a?: boolean;
  b?: boolean;
}

/** Matrix products by TensorFlow's own kernels (oneDNN on CPU, cuBLAS on GPU), with sums in float32. */
export function createArithmetic(precision: Precision): Arithmetic {
  const type = elementType(precision);
  return {
    precision,
    operand: (x) => (precision === "f32" ? x.clone() : cast(x, DataType.float32, type)),
    float: (x) => (precision === "f32" ? x.clone() : cast(x, type, DataType.float32)),
    multiply: (a, b, transposed = {}) =>
      rawOp(
        "MatMul",
        [a, b],
        [
          { name: "transpose_a", kind: "bool", value: transposed.a ?? false },
          { name: "transpose_b", kind: "bool", value: transposed.b ?? false },
          typeAttribute("T", type),
        ],
      ),
  };
}

/** TensorFlow's number for the elements of an operand. */
export function elementType(precision: Precision): number {
  return precision === "bf16" ? DataType.bfloat16 : DataType.float32;
}

function cast(x: tf.Tensor, from: number, to: number): tf.Tensor {
  return rawOp(
    "Cast",
    [x],
    [
      typeAttribute("SrcT", from),
      typeAttribute("DstT", to),
      { name: "Truncate", kind: "bool", value: false },
    ],
  );
}
