import * as fs from "node:fs";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { readJson } from "../common/index";
import { createArithmetic, type Precision } from "./arithmetic";
import { usesGpu } from "./tensorflow";

/** What the set-up found on this machine and wrote to `lib/precision.json`. */
export interface PrecisionChoice {
  precision: Precision;
  /** Rate of a large matrix product, 10⁹ floating-point operations a second. */
  gigaflops: Record<Precision, number>;
}

/** bf16 must be so much faster at products to be worth its roundings. */
const WORTHWHILE = 1.25;
const FILE = path.join(__dirname, "..", "..", "precision.json");

/** The precision that `auto` stands for: what the set-up found to be faster, or f32 where it has not measured. */
export function autoPrecision(file: string = FILE): Precision {
  if (!fs.existsSync(file)) return "f32";
  return readJson<PrecisionChoice>(file).precision === "bf16" ? "bf16" : "f32";
}

/**
 * Measures products of the shape that training has, in both precisions: a second or two. A GPU gets f32 whatever
 * their rates: there the steps between the products take the time (on an H200 a step of mpnet in bf16 was 6 %
 * faster).
 */
export function measurePrecision(): PrecisionChoice {
  const gigaflops = { f32: measureProducts("f32"), bf16: measureProducts("bf16") };
  const worthIt = !usesGpu() && gigaflops.bf16 > WORTHWHILE * gigaflops.f32;
  const precision = worthIt ? "bf16" : "f32";
  return { precision, gigaflops };
}

/**
 * The best rate of `rounds` products [size, size] · [size, size], 10⁹ floating-point operations a second: what a
 * machine can do at most in this precision.
 */
export function measureProducts(
  precision: Precision,
  size: number = 1536,
  rounds: number = 8,
): number {
  const on = createArithmetic(precision);
  const seconds = tf.tidy(() => {
    const [a, b] = [0, 1].map((seed) =>
      on.operand(tf.randomNormal([size, size], 0, 1, "float32", seed)),
    );
    const times = Array.from({ length: rounds }, () => {
      const started = process.hrtime.bigint();
      const product = on.float(on.multiply(a, b));
      // On a GPU a product is done when a value of it arrives.
      tf.slice(product as tf.Tensor2D, [0, 0], [1, 1]).dataSync();
      return Number(process.hrtime.bigint() - started) / 1e9;
    });
    return tf.scalar(Math.min(...times));
  });
  const best = seconds.dataSync()[0];
  seconds.dispose();
  return (2 * size ** 3) / best / 1e9;
}
