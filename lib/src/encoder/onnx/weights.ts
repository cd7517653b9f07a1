import { InputError } from "../../common/index";
import type { Weights } from "../safetensors";
import type { GraphBuilder } from "./graph-builder";
import { quantiseRows } from "./quantise";

/** Puts a model's weights into a graph, with the operators that use them: as float32, or quantised. */
export interface WeightWriter {
  graph: GraphBuilder;
  /** A weight as it is. */
  plain(name: string): string;
  /** Rows of a table: ids [B, T] → [B, T, H]. */
  lookUp(name: string, ids: string): string;
  /** Dense layers of one input: x [B, T, in] → [B, T, out] each. */
  dense(names: string[], x: string): string[];
}

/** Float32 throughout. */
export function createFloatWriter(
  graph: GraphBuilder,
  weights: ReadonlyMap<string, Weights>,
): WeightWriter {
  const plain = (name: string): string => {
    const { shape, data } = read(weights, name);
    return graph.constant(name, "float", shape, data);
  };
  const dense = (name: string, x: string): string => {
    const { shape, data } = read(weights, `${name}.weight`);
    const turned = transpose(data, new Float32Array(data.length), shape[0]);
    const weight = graph.constant(`${name}.weight`, "float", [shape[1], shape[0]], turned);
    return graph.add("Add", [graph.add("MatMul", [x, weight]), plain(`${name}.bias`)]);
  };
  return {
    graph,
    plain,
    lookUp: (name, ids) => graph.add("Gather", [plain(name), ids]),
    dense: (names, x) => names.map((name) => dense(name, x)),
  };
}

/**
 * What stands for 0 in a quantised weight. Unsigned weights, since ONNX Runtime's sums of unsigned with signed
 * products overflow on processors with AVX2 alone.
 */
const ZERO = 128;

/**
 * Dynamic quantisation: word table and dense layers are stored in 8 bits, the latter multiplied by activations
 * that are rounded to 8 bits as they come, with a scale for each text batch. All else stays float32.
 */
export function createInt8Writer(
  graph: GraphBuilder,
  weights: ReadonlyMap<string, Weights>,
): WeightWriter {
  const { plain } = createFloatWriter(graph, weights);
  return {
    graph,
    plain,
    lookUp(name, ids) {
      const { shape, data } = read(weights, name);
      const { values, scales } = quantiseRows(data, shape[0]);
      const table = graph.constant(name, "int8", shape, values);
      const sizes = graph.constant(`${name}.scale`, "float", [shape[0], 1], scales);
      const rows = graph.add("Cast", [graph.add("Gather", [table, ids])], { to: 1 });
      return graph.add("Mul", [rows, graph.add("Gather", [sizes, ids])]);
    },
    dense(names, x) {
      const rounded = graph.add("DynamicQuantizeLinear", [x], {}, 3);
      const zero = graph.constant("weights' zero", "uint8", [], Uint8Array.of(ZERO));
      return names.map((name) => {
        const { shape, data } = read(weights, `${name}.weight`);
        const { values, scales } = quantiseRows(data, shape[0]);
        const turned = transpose(values, new Int8Array(values.length), shape[0]);
        const raised = Uint8Array.from(turned, (value) => value + ZERO);
        const weight = graph.constant(`${name}.weight`, "uint8", [shape[1], shape[0]], raised);
        const scale = graph.constant(`${name}.scale`, "float", [shape[0]], scales);
        const sums = graph.add("MatMulInteger", [rounded, weight, `${rounded}:2`, zero]);
        const factor = graph.add("Mul", [`${rounded}:1`, scale]);
        const product = graph.add("Mul", [graph.add("Cast", [sums], { to: 1 }), factor]);
        return graph.add("Add", [product, plain(`${name}.bias`)]);
      });
    },
  };
}

function read(weights: ReadonlyMap<string, Weights>, name: string): Weights {
  const found = weights.get(name);
  if (!found) throw new InputError(`the model has no weights ${name}; save or fetch it again`);
  return found;
}

/** [out, in] as the model keeps it → [in, out] as a product reads it. */
function transpose<T extends Float32Array | Int8Array>(data: T, turned: T, rows: number): T {
  const columns = data.length / rows;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c];
  }
  return turned;
}
