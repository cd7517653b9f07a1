import type { EncoderConfig } from "../config";
import { layerNames, tableNames } from "../names";
import { distanceBuckets } from "../relative-buckets";
import type { Weights } from "../safetensors";
import { GraphBuilder } from "./graph-builder";
import type { Graph, Value } from "./schema";
import { createFloatWriter, createInt8Writer, type WeightWriter } from "./weights";

/** What is added to the scores of padding: its probability becomes exactly 0, in float16 too. */
const MASKED = 65504;

/**
 * An encoder as an ONNX graph, with the names that exports of BERT and MPNet have: `input_ids`, `attention_mask`
 * and (BERT) `token_type_ids`, int64 [batch, sequence], to `last_hidden_state`, float32 [batch, sequence, hidden].
 */
export function buildGraph(
  config: EncoderConfig,
  weights: ReadonlyMap<string, Weights>,
  int8: boolean,
): Graph {
  const graph = new GraphBuilder();
  const writer = (int8 ? createInt8Writer : createFloatWriter)(graph, weights);
  let x = embed(writer, config);
  const bias = attentionBias(writer, config, weights);
  for (let i = 0; i < config.layers; i++) x = block(writer, config, i, x, bias);
  const names = ["input_ids", "attention_mask", ...(config.tokenTypes ? ["token_type_ids"] : [])];
  const inputs = names.map((name): Value => ({
    name,
    type: "int64",
    shape: ["batch_size", "sequence_length"],
  }));
  const output: Value = {
    ...{ name: "last_hidden_state", type: "float" },
    shape: ["batch_size", "sequence_length", config.hidden],
  };
  return graph.finish(inputs, [output], [x]);
}

/** Word, position and (BERT) type vectors, added and normalised: [B, T, H]. */
function embed(writer: WeightWriter, config: EncoderConfig): string {
  const { graph } = writer;
  const words = writer.lookUp(tableNames.words, "input_ids");
  const ids = config.kind === "bert" ? range(graph) : positionIds(graph, config.padTokenId);
  let sum = graph.add("Add", [
    words,
    graph.add("Gather", [writer.plain(tableNames.positions), ids]),
  ]);
  if (config.tokenTypes > 0) {
    const types = graph.add("Gather", [writer.plain(tableNames.types), "token_type_ids"]);
    sum = graph.add("Add", [sum, types]);
  }
  return layerNorm(writer, config, tableNames.norm, sum);
}

/** 0 to T − 1. */
function range(graph: GraphBuilder): string {
  const shape = graph.add("Shape", ["input_ids"]);
  const T = graph.add("Gather", [shape, graph.int(1)]);
  return graph.add("Range", [graph.int(0), T, graph.int(1)]);
}

/** MPNet's: tokens are counted from the number after the padding's, which keeps its own. */
function positionIds(graph: GraphBuilder, padTokenId: number): string {
  const isPadding = graph.add("Equal", ["input_ids", graph.int(padTokenId)]);
  const isToken = graph.add("Cast", [graph.add("Not", [isPadding])], { to: 7 });
  const count = graph.add("Mul", [graph.add("CumSum", [isToken, graph.int(1)]), isToken]);
  return graph.add("Add", [count, graph.int(padTokenId)]);
}

/** What is added to attention scores: of padding, and (MPNet) by relative position: [B, 1 or heads, 1 or T, T]. */
function attentionBias(
  { graph }: WeightWriter,
  config: EncoderConfig,
  weights: ReadonlyMap<string, Weights>,
): string {
  const mask = graph.add("Cast", ["attention_mask"], { to: 1 });
  const padding = graph.add("Mul", [graph.add("Sub", [mask, graph.float(1)]), graph.float(MASKED)]);
  const bias = graph.add("Unsqueeze", [padding, graph.ints(1, 2)]);
  if (config.relativeBuckets === 0) return bias;
  const longest = config.positions - config.firstPosition;
  const table = biasByDistance(weights.get(tableNames.relative)!, longest);
  const values = graph.constant(tableNames.relative, "float", table.shape, table.data);
  const places = range(graph);
  const keys = graph.add("Unsqueeze", [places, graph.ints(0)]);
  const distance = graph.add("Sub", [keys, graph.add("Unsqueeze", [places, graph.ints(1)])]);
  const rows = graph.add("Gather", [values, graph.add("Add", [distance, graph.int(longest - 1)])]);
  const relative = graph.add("Transpose", [rows], { perm: [2, 0, 1] });
  return graph.add("Add", [bias, relative]);
}

/** Bias [2 · longest − 1, heads] of each distance from 1 − longest (key far before the query) up. */
function biasByDistance({ shape: [buckets, heads], data }: Weights, longest: number): Weights {
  const ids = [...distanceBuckets(longest, buckets)];
  const rows = ids.map((bucket) => [...data.subarray(bucket * heads, (bucket + 1) * heads)]);
  return { shape: [ids.length, heads], data: Float32Array.from(rows.flat()) };
}

/** One layer: attention and feed-forward, each added to its input and normalised. */
function block(
  writer: WeightWriter,
  config: EncoderConfig,
  layer: number,
  x: string,
  bias: string,
): string {
  const { graph } = writer;
  const names = layerNames(config.kind, layer);
  const [query, key, value] = writer.dense([names.query, names.key, names.value], x);
  const mixed = attend(graph, config, [query, key, value], bias);
  const [attended] = writer.dense([names.attentionOutput], mixed);
  const y = layerNorm(writer, config, names.attentionNorm, graph.add("Add", [attended, x]));
  const [inner] = writer.dense([names.intermediate], y);
  const [output] = writer.dense([names.output], graph.add("Gelu", [inner]));
  return layerNorm(writer, config, names.outputNorm, graph.add("Add", [output, y]));
}

/** Scaled dot-product attention over heads: [B, T, H] each → [B, T, H]. */
function attend(
  graph: GraphBuilder,
  { heads, hidden }: EncoderConfig,
  [query, key, value]: string[],
  bias: string,
): string {
  const split = (name: string, perm: number[]): string => {
    const apart = graph.add("Reshape", [name, graph.ints(0, 0, heads, hidden / heads)]);
    return graph.add("Transpose", [apart], { perm });
  };
  const products = graph.add("MatMul", [split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])]);
  const scaled = graph.add("Div", [products, graph.float(Math.sqrt(hidden / heads))]);
  const shares = graph.add("Softmax", [graph.add("Add", [scaled, bias])], { axis: -1 });
  const mixed = graph.add("MatMul", [shares, split(value, [0, 2, 1, 3])]);
  const together = graph.add("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return graph.add("Reshape", [together, graph.ints(0, 0, hidden)]);
}

function layerNorm(writer: WeightWriter, config: EncoderConfig, name: string, x: string): string {
  const inputs = [x, writer.plain(`${name}.weight`), writer.plain(`${name}.bias`)];
  return writer.graph.add("LayerNormalization", inputs, {
    axis: -1,
    epsilon: { float: config.layerNormEps },
  });
}
