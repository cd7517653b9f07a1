import * as ort from "onnxruntime-node";
import type { SentenceEncoder } from "mrl/encoder";

/** Unit vectors that ONNX Runtime gives: texts tokenised by the model, padded, run as one batch, pooled by hand. */
export async function runOnnx(
  file: string,
  { tokenizer, config }: SentenceEncoder,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const tokens = texts.map((text) => tokenizer.encode(text));
  const [B, T] = [tokens.length, Math.max(...tokens.map((ids) => ids.length))];
  const fill = (padding: number, valueOf: (id: number) => number): ort.Tensor => {
    const rows = tokens.flatMap((ids) =>
      Array.from({ length: T }, (_, i) => BigInt(i < ids.length ? valueOf(ids[i]) : padding)),
    );
    return new ort.Tensor("int64", BigInt64Array.from(rows), [B, T]);
  };
  const session = await ort.InferenceSession.create(file);
  const inputs: Record<string, ort.Tensor> = {
    input_ids: fill(config.padTokenId, (id) => id),
    attention_mask: fill(0, () => 1),
    ...(config.kind === "bert" ? { token_type_ids: fill(0, () => 0) } : {}),
  };
  const { last_hidden_state: output } = await session.run(inputs);
  await session.release();
  const H = config.hidden;
  return tokens.map((ids, row) => {
    const used = config.pooling === "cls" ? 1 : ids.length;
    const values = output.data as Float32Array;
    const sum = new Float32Array(H);
    for (let i = 0; i < used * H; i++) sum[i % H] += values[row * T * H + i];
    const length = Math.hypot(...sum);
    return sum.map((value) => value / length);
  });
}
