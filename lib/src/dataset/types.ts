import type { QuestionRow } from "../common/index";

/** The four sets, by the names of their files. */
export type SetName = "train" | "validation" | "seen" | "unseen";

/** All four, in the order in which they are written and shown. */
export const setNames: readonly SetName[] = ["train", "validation", "seen", "unseen"];

/** Rows apart: what trains, what chooses the checkpoint, and two test sets. */
export interface DatasetSplit {
  train: QuestionRow[];
  /** Pages held out whole; they alone choose the checkpoint. */
  validation: QuestionRow[];
  /** New questions about passages that training knows. */
  seen: QuestionRow[];
  /** Questions about pages held out whole. */
  unseen: QuestionRow[];
}

/** A question with its passage, as training takes it. */
export interface TrainingPair {
  question: string;
  text: string;
  /** Equal for equal texts, so that no batch holds a passage twice. */
  chunkId: number;
}

/** What a retrieval is measured on; ids are strings. */
export interface RetrievalSet {
  /** Query id (`<chunk>-<question>`) → question. */
  queries: Map<string, string>;
  /** Passage id → text, no text twice. */
  corpus: Map<string, string>;
  /** Query id → ids of the passages that answer it. */
  relevant: Map<string, Set<string>>;
}
