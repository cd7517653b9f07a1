import * as protobuf from "protobufjs";

/** The part of ONNX's format that an encoder needs: names and numbers as in onnx.proto3 (ONNX 1.15, IR version 9). */
const schema = `
syntax = "proto3";
package onnx;
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
}
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  Tensor tensor_type = 1;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}`;

/** Element types of tensors, by ONNX's numbers. */
export const elementTypes = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof elementTypes;

/** Types of attributes, by ONNX's numbers. */
export const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

export interface Attribute {
  name: string;
  type: number;
  f?: number;
  i?: number;
  ints?: number[];
}

export interface Node {
  op_type: string;
  name: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
}

export interface Tensor {
  name: string;
  dims: number[];
  data_type: number;
  /** Little-endian. */
  raw_data: Uint8Array;
}

/** An input or output: names stand for sizes that vary. */
export interface Value {
  name: string;
  type: ElementType;
  shape: (string | number)[];
}

export interface Graph {
  node: Node[];
  initializer: Tensor[];
  input: Value[];
  output: Value[];
}

/** A graph as the bytes of an ONNX file. */
export function encodeModel(graph: Graph): Uint8Array {
  const { root } = protobuf.parse(schema, { keepCase: true });
  const model = root.lookupType("onnx.ModelProto");
  const content = {
    ir_version: 9,
    producer_name: "mrl",
    opset_import: [{ domain: "", version: 20 }],
    graph: {
      ...graph,
      name: "encoder",
      input: graph.input.map(describeValue),
      output: graph.output.map(describeValue),
    },
  };
  return model.encode(content).finish();
}

function describeValue({ name, type, shape }: Value): object {
  const dim = shape.map((size) =>
    typeof size === "string" ? { dim_param: size } : { dim_value: size },
  );
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}
