import * as fs from "node:fs";
import * as path from "node:path";
import { readJson, writeFileAtomic, writeJson } from "../../common/index";
import type { EncoderConfig } from "../config";
import type { Weights } from "../safetensors";
import { buildGraph } from "./build-graph";
import { encodeModel } from "./schema";

export interface OnnxOptions {
  /** Also writes `model_quantized.onnx`: 8-bit weights, a quarter of the size. False by default. */
  int8?: boolean;
}

/**
 * Writes `onnx/model.onnx` into the folder of a saved model: what transformers.js (`dtype: "fp32"`),
 * sentence-transformers' ONNX backend and ONNX Runtime read. It gives the tokens' vectors (`last_hidden_state`,
 * float32 [batch, sequence, hidden]); who runs it pools and normalises. The tokenizer's own limit is set to the
 * model's: transformers.js knows no other. (Of a text that it cuts it drops the end mark too, so only the vectors of
 * such texts differ there.)
 *
 * With `int8` also `onnx/model_quantized.onnx` (transformers.js: `dtype: "q8"`), dynamically quantised: 8-bit weights
 * with a scale for each output, activations rounded as they come (Jacob et al. 2018). Its vectors differ a little, and
 * with the texts that share a batch. On the sample site's unseen questions a tuned all-MiniLM-L6-v2 lost 0.005 to
 * 0.007 of NDCG@10 at 384 to 128 dimensions and 0.014 at 64; `notebooks/extra/anywhere.ipynb` measures it.
 * @param folder that `model.save` wrote; export again after the model has changed
 */
export async function exportOnnx(
  { config, parameters }: { config: EncoderConfig; parameters: { read(): Map<string, Weights> } },
  folder: string,
  options: OnnxOptions = {},
): Promise<void> {
  writeOnnx(config, parameters.read(), folder, options);
}

/** {@link exportOnnx} of weights that are in no model. */
export function writeOnnx(
  config: EncoderConfig,
  weights: ReadonlyMap<string, Weights>,
  folder: string,
  { int8 = false }: OnnxOptions = {},
): void {
  const write = (name: string, quantised: boolean): void =>
    writeFileAtomic(
      path.join(folder, "onnx", name),
      encodeModel(buildGraph(config, weights, quantised)),
    );
  write("model.onnx", false);
  if (int8) write("model_quantized.onnx", true);
  limitTokenizer(path.join(folder, "tokenizer_config.json"), config.maxTokens);
}

function limitTokenizer(file: string, maxTokens: number): void {
  if (!fs.existsSync(file)) return;
  const settings = readJson<{ model_max_length?: number }>(file);
  if (settings.model_max_length === maxTokens) return;
  writeJson(file, { ...settings, model_max_length: maxTokens });
}
