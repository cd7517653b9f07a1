import { attributeTypes, elementTypes } from "./schema";
import type { Attribute, ElementType, Graph, Node, Tensor, Value } from "./schema";

type Data = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** Attributes of an operator; a number is a whole one, `{ float }` a real one. */
export type Attributes = Record<string, number | number[] | { float: number }>;

/** Collects the nodes and constants of an ONNX graph; what a node gives is known by its name. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly tensors = new Map<string, Tensor>();

  /** Adds an operator. @returns the name of its first output; of more than one, `name:1` and so on. */
  add(op: string, inputs: string[], attributes: Attributes = {}, outputs: number = 1): string {
    const name = `${op}_${this.nodes.length}`;
    const output = Array.from({ length: outputs }, (_, i) => (i === 0 ? name : `${name}:${i}`));
    const attribute = Object.entries(attributes).map(([key, value]) => describe(key, value));
    this.nodes.push({ op_type: op, name, input: inputs, output, attribute });
    return name;
  }

  /** Adds a constant under its name. */
  constant(name: string, type: ElementType, dims: number[], data: Data): string {
    const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.tensors.set(name, { name, dims, data_type: elementTypes[type], raw_data });
    return name;
  }

  /** A constant scalar of float32. */
  float(value: number): string {
    return this.constant(`float ${value}`, "float", [], Float32Array.of(value));
  }

  /** A constant list of whole numbers. */
  ints(...values: number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.constant(`ints ${values.join()}`, "int64", [values.length], data);
  }

  /** A constant whole number. */
  int(value: number): string {
    return this.constant(`int ${value}`, "int64", [], BigInt64Array.of(BigInt(value)));
  }

  /** The graph between inputs and outputs; `results` names the node that gives each output. */
  finish(input: Value[], output: Value[], results: string[]): Graph {
    results.forEach((result, i) => {
      this.nodes.push({
        ...{ op_type: "Identity", name: `output ${output[i].name}`, attribute: [] },
        ...{ input: [result], output: [output[i].name] },
      });
    });
    return { node: this.nodes, initializer: [...this.tensors.values()], input, output };
  }
}

function describe(name: string, value: Attributes[string]): Attribute {
  if (Array.isArray(value)) return { name, type: attributeTypes.ints, ints: value };
  if (typeof value === "number") return { name, type: attributeTypes.int, i: value };
  return { name, type: attributeTypes.float, f: value.float };
}
