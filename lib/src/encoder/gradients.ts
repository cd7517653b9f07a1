import * as tf from "@tensorflow/tfjs-node-gpu";
import type { EncoderConfig } from "./config";
import type { LayerGradients } from "./kernels";
import { layerNames, qkvParts, type BlockGradients } from "./parameters";

/** Sums of gradients by parameter name. */
export class Gradients {
  private readonly sums = new Map<string, tf.Tensor>();

  constructor(private readonly kind: EncoderConfig["kind"]) {}

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

  /** Adds the gradients of layer `i`, those of query, key and value apart. */
  addBlock(i: number, { qkv, ...others }: BlockGradients): void {
    const names = layerNames(this.kind, i);
    const weights = tf.split(qkv.weight, qkvParts.length);
    const biases = tf.split(qkv.bias, qkvParts.length);
    qkvParts.forEach((part, n) => {
      this.addLayer(names[part], { weight: weights[n], bias: biases[n] });
    });
    tf.dispose([qkv.weight, qkv.bias]);
    for (const part of Object.keys(others) as (keyof typeof others)[]) {
      this.addLayer(names[part], others[part]);
    }
  }

  get(name: string): tf.Tensor | undefined {
    return this.sums.get(name);
  }

  entries(): [string, tf.Tensor][] {
    return [...this.sums];
  }

  /** Multiplies all sums by a factor. */
  scale(factor: number): void {
    if (factor === 1) return;
    for (const [name, sum] of this.sums) {
      this.sums.set(name, tf.keep(tf.mul(sum, factor)));
      sum.dispose();
    }
  }

  dispose(): void {
    this.sums.forEach((sum) => sum.dispose());
    this.sums.clear();
  }
}
