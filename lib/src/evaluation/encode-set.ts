import { InputError, type ProgressListener } from "../common/index";
import type { Encoder, RetrievalSet } from "./types";

type Role = "query" | "passage";

/**
 * Vectors of questions and passages, each in its role; equal texts of a role are encoded once.
 * @param onProgress told of all texts together
 * @throws InputError on a vector that is not of finite numbers
 */
export async function encodeSet(
  model: Encoder,
  texts: Record<Role, readonly string[]>,
  { onProgress, signal }: { onProgress?: ProgressListener; signal?: AbortSignal } = {},
): Promise<Record<Role, Float32Array[]>> {
  const distinct = { query: [...new Set(texts.query)], passage: [...new Set(texts.passage)] };
  const total = distinct.query.length + distinct.passage.length;
  const encode = async (role: Role, before: number): Promise<Float32Array[]> => {
    const report: ProgressListener = (done) => onProgress?.(before + done, total);
    const vectors = await model.encode(distinct[role], { role, onProgress: report, signal });
    checkFinite(distinct[role], vectors);
    const byText = new Map(distinct[role].map((text, i) => [text, vectors[i]]));
    return texts[role].map((text) => byText.get(text)!);
  };
  const query = await encode("query", 0);
  return { query, passage: await encode("passage", distinct.query.length) };
}

/**
 * Encodes the questions and passages of several test sets in their roles. With an encoder that remembers
 * (`rememberVectors`), measuring these sets afterwards only ranks.
 * @param onProgress told of all texts together
 */
export async function encodeSets(
  model: Encoder,
  sets: readonly RetrievalSet[],
  options: { onProgress?: ProgressListener; signal?: AbortSignal } = {},
): Promise<void> {
  const query = sets.flatMap(({ queries }) => [...queries.values()]);
  const passage = sets.flatMap(({ corpus }) => [...corpus.values()]);
  await encodeSet(model, { query, passage }, options);
}

function checkFinite(texts: readonly string[], vectors: readonly Float32Array[]): void {
  const broken = vectors.findIndex((vector) => !vector.every(Number.isFinite));
  if (broken < 0) return;
  throw new InputError(
    `the model gives no usable vector for "${texts[broken].slice(0, 60)}": it holds NaN or infinity, ` +
      "as after a training that diverged; take an earlier checkpoint or a lower learning rate",
  );
}
