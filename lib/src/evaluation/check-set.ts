import { InputError } from "../common/index";
import type { RetrievalSet } from "./types";
import { checkDim } from "./vectors";

/**
 * Ids of the questions that have a relevant passage, in the set's order.
 * @throws InputError when there is none, the corpus is empty, or it lacks a relevant passage
 */
export function askableQueries({ queries, corpus, relevant }: RetrievalSet): string[] {
  if (queries.size === 0) throw new InputError("the set has 0 questions; give at least one");
  if (corpus.size === 0) throw new InputError("the corpus has 0 passages; give at least one");
  const asked = [...queries.keys()].filter((id) => relevant.get(id)?.size);
  if (asked.length === 0) {
    throw new InputError(
      `none of the ${queries.size} questions has a relevant passage; check the ids in "relevant"`,
    );
  }
  for (const query of asked) {
    for (const id of relevant.get(query)!) {
      if (!corpus.has(id)) {
        throw new InputError(
          `passage "${id}" is relevant to question "${query}" but not in the corpus; add it or drop the pair`,
        );
      }
    }
  }
  return asked;
}

/**
 * Checks the dimensions to measure at.
 * @throws InputError when there is none or one is not within the model's
 */
export function checkDims(dims: readonly number[], modelDim: number): void {
  if (dims.length === 0) throw new InputError("dims is empty; give at least one dimension");
  dims.forEach((dim) => checkDim(dim, modelDim));
}
