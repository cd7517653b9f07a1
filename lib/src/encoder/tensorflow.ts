import * as tf from "@tensorflow/tfjs-node-gpu";

// On a GPU cuBLAS would round the factors of a float32 product to 10 bits (TF32); set to 1, it may.
process.env.NVIDIA_TF32_OVERRIDE ??= "0";

/** An attribute of a TensorFlow operation. */
export type Attribute = {
  name: string;
  kind: "type" | "int" | "float" | "bool";
  value: number | boolean;
};

/** TensorFlow's numbers for element types (tensorflow/core/framework/types.proto). */
export const DataType = {
  float32: 1,
  int32: 3,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  uint64: 23,
} as const;

interface Metadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** The part of the native backend that raw operations go through. */
interface NativeBackend {
  binding: {
    executeOp(name: string, attributes: object[], inputs: number[], outputs: number): Metadata[];
    TF_ATTR_TYPE: number;
    TF_ATTR_INT: number;
    TF_ATTR_FLOAT: number;
    TF_ATTR_BOOL: number;
  };
  isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(metadata: Metadata): tf.Tensor;
}

/**
 * Runs a TensorFlow operation by its name and returns its outputs.
 *
 * tfjs knows neither bfloat16 nor unsigned integers. Such an output is handed out as an ordinary
 * tensor, so that `tf.tidy` and `dispose` look after it, but only raw operations may read it.
 */
export function rawOps(
  name: string,
  inputs: tf.Tensor[],
  attributes: Attribute[],
  outputs: number,
): tf.Tensor[] {
  const { binding, ...native } = backend();
  const kinds = {
    type: binding.TF_ATTR_TYPE,
    int: binding.TF_ATTR_INT,
    float: binding.TF_ATTR_FLOAT,
    bool: binding.TF_ATTR_BOOL,
  };
  const encoded = attributes.map(({ name, kind, value }) => ({ name, type: kinds[kind], value }));
  const known = [DataType.float32, DataType.int32, DataType.bool] as number[];
  return binding
    .executeOp(name, encoded, native.ids(inputs), outputs)
    .map((output) =>
      native.wrap(known.includes(output.dtype) ? output : { ...output, dtype: DataType.float32 }),
    );
}

/** {@link rawOps} for an operation with one output. */
export function rawOp(name: string, inputs: tf.Tensor[], attributes: Attribute[]): tf.Tensor {
  return rawOps(name, inputs, attributes, 1)[0];
}

/** An attribute that names an element type. */
export function typeAttribute(name: string, value: number): Attribute {
  return { name, kind: "type", value };
}

/** True when TensorFlow computes on a GPU. */
export function usesGpu(): boolean {
  return (tf.backend() as unknown as NativeBackend).isUsingGpuDevice;
}

function backend(): {
  binding: NativeBackend["binding"];
  ids: (tensors: tf.Tensor[]) => number[];
  wrap: (metadata: Metadata) => tf.Tensor;
} {
  const native = tf.backend() as unknown as NativeBackend;
  return {
    binding: native.binding,
    ids: (tensors) => native.getInputTensorIds(tensors),
    wrap: (metadata) => native.createOutputTensor(metadata),
  };
}
