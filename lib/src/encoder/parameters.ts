import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError } from "../common/index";
import type { Arithmetic } from "./arithmetic";
import type { EncoderConfig } from "./config";
import type { Dense, LayerGradients, Norm } from "./layers";
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

/** One layer's weights as products read them. */
export interface LayerWeights {
  query: Dense;
  key: Dense;
  value: Dense;
  attentionOutput: Dense;
  attentionNorm: Norm;
  intermediate: Dense;
  output: Dense;
  outputNorm: Norm;
}

/** Constant factors that are multiplied into a layer's weights once instead of into activations every time. */
export type Factors = Record<keyof LayerNames, { weight: number; bias: number }>;

/**
 * Factors of a layer: attention's 1/√d in the query, GELU's 1/√2 and √2/2 around it, and dropout's
 * 1 / (1 − rate) in the dense layer in front of each mask.
 */
export function layerFactors(config: EncoderConfig, training: boolean): Factors {
  const keep = (rate: number): number => (training ? 1 / (1 - rate) : 1);
  const hidden = keep(config.hiddenDropout);
  const both = (factor: number): { weight: number; bias: number } => ({
    weight: factor,
    bias: factor,
  });
  return {
    query: both(1 / Math.sqrt(config.hidden / config.heads)),
    key: both(1),
    value: both(keep(config.attentionDropout)),
    attentionOutput: both(hidden),
    attentionNorm: both(1),
    intermediate: both(Math.SQRT1_2),
    output: { weight: Math.SQRT1_2 * hidden, bias: hidden },
    outputNorm: both(1),
  };
}

/** The weights of every layer with their factors, in the precision of the products. Dispose after use. */
export function prepareLayers(
  on: Arithmetic,
  parameters: Parameters,
  config: EncoderConfig,
  training: boolean,
): LayerWeights[] {
  const factors = layerFactors(config, training);
  const scaled = (name: string, factor: number): tf.Tensor =>
    factor === 1 ? parameters.get(name).clone() : tf.mul(parameters.get(name), factor);
  const layer = (i: number): LayerWeights => {
    const names = layerNames(config.kind, i);
    const prepare = (part: keyof LayerNames): { weight: tf.Tensor; bias: tf.Tensor } => ({
      weight: scaled(`${names[part]}.weight`, factors[part].weight),
      bias: scaled(`${names[part]}.bias`, factors[part].bias),
    });
    const dense = (part: keyof LayerNames): Dense => {
      const { weight, bias } = prepare(part);
      return { weight: on.operand(weight), bias };
    };
    return {
      query: dense("query"),
      key: dense("key"),
      value: dense("value"),
      attentionOutput: dense("attentionOutput"),
      attentionNorm: prepare("attentionNorm"),
      intermediate: dense("intermediate"),
      output: dense("output"),
      outputNorm: prepare("outputNorm"),
    };
  };
  return Array.from({ length: config.layers }, (_, i) =>
    // tfjs types its containers loosely; what goes in comes out.
    tf.tidy(() => layer(i) as unknown as tf.TensorContainer),
  ) as unknown as LayerWeights[];
}

/** Sums of gradients by parameter name. */
export class Gradients {
  private readonly sums = new Map<string, tf.Tensor>();

  /** Adds a gradient, which is kept or disposed here. */
  add(name: string, gradient: tf.Tensor): void {
    const sum = this.sums.get(name);
    this.sums.set(name, tf.keep(sum ? tf.add(sum, gradient) : gradient.clone()));
    tf.dispose([gradient, ...(sum ? [sum] : [])]);
  }

  /** Adds a layer's gradients under its name. */
  addLayer(name: string, { weight, bias }: LayerGradients): void {
    this.add(`${name}.weight`, weight);
    this.add(`${name}.bias`, bias);
  }

  get(name: string): tf.Tensor | undefined {
    return this.sums.get(name);
  }

  entries(): [string, tf.Tensor][] {
    return [...this.sums];
  }

  /** Multiplies one sum, or all of them, by a factor. */
  scale(factor: number, name?: string): void {
    if (factor === 1) return;
    for (const key of name ? [name] : [...this.sums.keys()]) {
      const sum = this.sums.get(key);
      if (!sum) continue;
      this.sums.set(key, tf.keep(tf.mul(sum, factor)));
      sum.dispose();
    }
  }

  dispose(): void {
    this.sums.forEach((sum) => sum.dispose());
    this.sums.clear();
  }
}
