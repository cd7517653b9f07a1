import { InputError, sha256 } from "../common/index";
import type { EncodeOptions, SentenceEncoder } from "./model";
import type { VectorFileShape } from "./vector-file";
import { openVectorPart } from "./vector-part";

/** Options of {@link SentenceEncoder.encodeToFile}. */
export interface EncodeToFileOptions extends Omit<EncodeOptions, "onProgress"> {
  /** Texts that are read, encoded and written together: what is in memory, and what a kill costs. */
  blockSize?: number;
  /** Told how many texts are done; how many there are is known only at the end. */
  onProgress?: (done: number) => void;
}

/** Result of {@link SentenceEncoder.encodeToFile}. */
export interface EncodedFile extends VectorFileShape {
  /** Vectors that an earlier, interrupted call had left. */
  resumed: number;
}

type Texts = Iterable<string> | AsyncIterable<string>;

/** See {@link SentenceEncoder.encodeToFile}. */
export async function encodeToFile(
  model: SentenceEncoder,
  texts: Texts,
  file: string,
  { blockSize = 1024, onProgress, ...encoding }: EncodeToFileOptions = {},
): Promise<EncodedFile> {
  if (!Number.isInteger(blockSize) || blockSize < 1) {
    throw new InputError(`blockSize is ${blockSize}; allowed: a whole number from 1`);
  }
  const { dim = model.dim } = encoding;
  await model.encode([], encoding); // refuses wrong options before any file is there
  const settings = describeEncoding(model, encoding);
  const part = openVectorPart(file, dim);
  try {
    for await (const block of inBlocks(texts, blockSize)) {
      encoding.signal?.throwIfAborted();
      const mark = sha256(JSON.stringify([settings, block]));
      if (!part.holds(mark)) part.write(await model.encode(block, encoding), mark);
      onProgress?.(part.count());
    }
    return part.finish();
  } finally {
    part.close();
  }
}

/** All that decides a text's vector, but for the text. */
function describeEncoding(model: SentenceEncoder, encoding: EncodeOptions): unknown[] {
  const weights = model.parameters.sha256();
  const { dim = model.dim, role = "plain", maxBatchTokens } = encoding;
  const { config, precision, device } = model;
  const { prompt = config.prompts[role] } = encoding;
  return [weights, config, precision, device, dim, prompt, maxBatchTokens];
}

async function* inBlocks(texts: Texts, size: number): AsyncGenerator<string[]> {
  let block: string[] = [];
  for await (const text of texts) {
    if (typeof text !== "string") {
      throw new InputError(`a text is ${String(text)}; encodeToFile takes strings`);
    }
    block.push(text);
    if (block.length < size) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
