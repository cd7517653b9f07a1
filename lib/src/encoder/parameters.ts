import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError, sha256 } from "../common/index";
import type { Arithmetic, Operand } from "./arithmetic";
import type { EncoderConfig } from "./config";
import type { LayerGradients, Norm } from "./kernels";
import { layerNames, tableNames, type LayerNames } from "./names";
import type { Weights } from "./safetensors";

export { layerNames, tableNames, type LayerNames };

/** The model's weights by name, as tensors of float32. Those of an unused pooler are kept and saved, not trained. */
export class Parameters {
  private readonly tensors = new Map<string, tf.Tensor>();
  /** Grows with every change, so that what is derived from the weights can be renewed. */
  version = 0;

  constructor(weights: ReadonlyMap<string, Weights>, config: EncoderConfig, source: string) {
    for (const [name, shape] of expectedShapes(config)) checkShape(weights, name, shape, source);
    for (const [name, { shape, data }] of weights) this.tensors.set(name, tf.tensor(data, shape));
  }

  /** Names of the trained parameters, in a fixed order. */
  names(): string[] {
    return [...this.tensors.keys()].filter((name) => !name.startsWith("pooler."));
  }

  get(name: string): tf.Tensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`the model has no parameter ${name}`);
    return tensor;
  }

  /** Puts a new tensor in the place of the old one, which is disposed. */
  set(name: string, tensor: tf.Tensor): void {
    this.get(name).dispose();
    this.tensors.set(name, tf.keep(tensor));
    this.version++;
  }

  /** All weights in the file's order, the unused ones too. */
  read(): Map<string, Weights> {
    return new Map(
      [...this.tensors].map(([name, tensor]) => [
        name,
        { shape: tensor.shape, data: tensor.dataSync<"float32">() },
      ]),
    );
  }

  /** One hash of all weights by name. */
  sha256(): string {
    const hashes = [...this.read()].map(([name, { data }]) => [
      name,
      sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]);
    return sha256(JSON.stringify(hashes));
  }

  dispose(): void {
    this.tensors.forEach((tensor) => tensor.dispose());
    this.tensors.clear();
  }
}

/** Shapes that the model's configuration asks for. */
export function expectedShapes(config: EncoderConfig): [string, number[]][] {
  const { hidden: H, intermediate: F } = config;
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [H]],
    [`${name}.bias`, [H]],
  ];
  const linear = (name: string, out: number, into: number): [string, number[]][] => [
    [`${name}.weight`, [out, into]],
    [`${name}.bias`, [out]],
  ];
  const shapes: [string, number[]][] = [[tableNames.words, [config.vocabulary, H]]];
  shapes.push([tableNames.positions, [config.positions, H]]);
  if (config.tokenTypes > 0) shapes.push([tableNames.types, [config.tokenTypes, H]]);
  shapes.push(...norm(tableNames.norm));
  if (config.relativeBuckets > 0) {
    shapes.push([tableNames.relative, [config.relativeBuckets, config.heads]]);
  }
  for (let i = 0; i < config.layers; i++) {
    const n = layerNames(config.kind, i);
    for (const name of [n.query, n.key, n.value, n.attentionOutput])
      shapes.push(...linear(name, H, H));
    shapes.push(...linear(n.intermediate, F, H), ...linear(n.output, H, F));
    shapes.push(...norm(n.attentionNorm), ...norm(n.outputNorm));
  }
  return shapes;
}

function checkShape(
  weights: ReadonlyMap<string, Weights>,
  name: string,
  shape: number[],
  source: string,
): void {
  const found = weights.get(name)?.shape;
  if (found?.join() === shape.join()) return;
  const what = found ? `has the shape [${found.join(", ")}]` : "is missing";
  throw new InputError(
    `${source}: ${name} ${what}; config.json asks for [${shape.join(", ")}]: fetch the model again`,
  );
}

/** A dense layer as products read it: weight [out, in] (PyTorch's order) and bias [out]. */
export interface Dense {
  weight: Operand;
  bias: tf.Tensor;
}

/** One layer's weights; query, key and value are one dense layer, [3H, H]. */
export interface LayerWeights {
  qkv: Dense;
  attentionOutput: Dense;
  attentionNorm: Norm;
  intermediate: Dense;
  /** Its weight lies as [in, out]: the sums over `in` are long, and so the product reads it faster. */
  output: Dense;
  outputNorm: Norm;
}

/** Gradients of a layer, by the same parts. */
export type BlockGradients = Record<keyof LayerWeights, LayerGradients>;

/** Parts of `LayerWeights.qkv`, in their order. */
export const qkvParts = ["query", "key", "value"] as const;

/** The weights of every layer in the precision of the products. Dispose after use. */
export function prepareLayers(
  on: Arithmetic,
  parameters: Parameters,
  config: EncoderConfig,
): LayerWeights[] {
  const prepare = (i: number): LayerWeights => {
    const names = layerNames(config.kind, i);
    const get = (part: keyof LayerNames, kind: "weight" | "bias"): tf.Tensor =>
      parameters.get(`${names[part]}.${kind}`);
    const dense = (part: keyof LayerNames): Dense => ({
      weight: on.operand(get(part, "weight")),
      bias: get(part, "bias").clone(),
    });
    const norm = (part: keyof LayerNames): Norm => ({
      weight: get(part, "weight").clone(),
      bias: get(part, "bias").clone(),
    });
    const join = (kind: "weight" | "bias"): tf.Tensor =>
      tf.concat(qkvParts.map((part) => get(part, kind)));
    return {
      qkv: { weight: on.operand(join("weight")), bias: join("bias") },
      attentionOutput: dense("attentionOutput"),
      attentionNorm: norm("attentionNorm"),
      intermediate: dense("intermediate"),
      output: {
        weight: on.operand(tf.transpose(get("output", "weight"))),
        bias: get("output", "bias").clone(),
      },
      outputNorm: norm("outputNorm"),
    };
  };
  return Array.from({ length: config.layers }, (_, i) =>
    // tfjs types its containers loosely; what goes in comes out.
    tf.tidy(() => prepare(i) as unknown as tf.TensorContainer),
  ) as unknown as LayerWeights[];
}
