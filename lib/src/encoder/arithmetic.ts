import * as tf from "@tensorflow/tfjs-node-gpu";
import { DataType, rawOp } from "./tensorflow";

/** Element type in which matrices are multiplied; sums and everything else are float32 in both. */
export type Precision = "f32" | "bf16";

/** A tensor in the form that matrix products read. Only {@link Arithmetic} may look inside. */
export interface Operand {
  readonly tensor: tf.Tensor;
}

/** Matrix products in one precision. Results are float32 tensors that the caller disposes (or `tf.tidy`). */
export interface Arithmetic {
  readonly precision: Precision;
  /** `x` in the precision of the products; always a tensor of its own, which the caller disposes. */
  operand(x: tf.Tensor): Operand;
  /** The operand's values in another shape and order of axes. */
  rearrange(x: Operand, shape: number[], axes: number[]): Operand;
  /** `a b` for 2-D operands, either of them transposed on the way. */
  multiply(a: Operand, b: Operand, transposed?: Transposed): tf.Tensor;
  /** `a b` over the last two axes, one product for each index of the axes before. */
  multiplyBatches(a: Operand, b: Operand, transposed?: Transposed): tf.Tensor;
}

/** Which side of a product is transposed. */
export interface Transposed {
  a?: boolean;
  b?: boolean;
}

/** Matrix products by TensorFlow's own kernels (oneDNN on CPU, cuBLAS on GPU). */
export function createArithmetic(precision: Precision): Arithmetic {
  const type = precision === "bf16" ? DataType.bfloat16 : DataType.float32;
  const T = { name: "T", kind: "type", value: type } as const;
  const toFloat = (product: tf.Tensor): tf.Tensor =>
    precision === "f32" ? product : disposing(product, () => cast(product, type, DataType.float32));
  return {
    precision,
    operand: (x) => ({ tensor: precision === "f32" ? x.clone() : cast(x, DataType.float32, type) }),
    rearrange: ({ tensor }, shape, axes) => ({ tensor: rearrange(tensor, shape, axes, type) }),
    multiply: (a, b, transposed = {}) =>
      toFloat(
        rawOp(
          "MatMul",
          [a.tensor, b.tensor],
          [
            { name: "transpose_a", kind: "bool", value: transposed.a ?? false },
            { name: "transpose_b", kind: "bool", value: transposed.b ?? false },
            T,
          ],
        ),
      ),
    multiplyBatches: (a, b, transposed = {}) =>
      toFloat(
        rawOp(
          "BatchMatMulV2",
          [a.tensor, b.tensor],
          [
            { name: "adj_x", kind: "bool", value: transposed.a ?? false },
            { name: "adj_y", kind: "bool", value: transposed.b ?? false },
            T,
          ],
        ),
      ),
  };
}

function cast(x: tf.Tensor, from: number, to: number): tf.Tensor {
  return rawOp(
    "Cast",
    [x],
    [
      { name: "SrcT", kind: "type", value: from },
      { name: "DstT", kind: "type", value: to },
      { name: "Truncate", kind: "bool", value: false },
    ],
  );
}

function rearrange(x: tf.Tensor, shape: number[], axes: number[], type: number): tf.Tensor {
  const T = { name: "T", kind: "type", value: type } as const;
  const int32 = DataType.int32;
  const to = tf.tensor1d(shape, "int32");
  const order = tf.tensor1d(axes, "int32");
  const shaped = rawOp("Reshape", [x, to], [T, { name: "Tshape", kind: "type", value: int32 }]);
  const turned = rawOp(
    "Transpose",
    [shaped, order],
    [T, { name: "Tperm", kind: "type", value: int32 }],
  );
  tf.dispose([to, order, shaped]);
  return turned;
}

function disposing<T>(tensor: tf.Tensor, work: () => T): T {
  const result = work();
  tensor.dispose();
  return result;
}
