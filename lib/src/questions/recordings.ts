import { InputError, readJsonLines } from "../common/index";
import type { QuestionPair } from "./types";

/** One line of the sample's `questions.jsonl`: pairs that a language model wrote once, kept for replay. */
export interface Recording {
  /** SHA-256 of the chunk's text (UTF-8), in hex. */
  sha256: string;
  page: string;
  qa: QuestionPair[];
}

/** Recordings by what they are asked with. */
export interface Recordings {
  bySha256: Map<string, Recording>;
  /** A question's answer and the hash of its passage. */
  byQuestion: Map<string, { answer: string; sha256: string }>;
}

/** The name under which the replay server answers: no model's name, for it is none. */
export const recordedModel = "recorded-answers";

/**
 * Reads recorded answers.
 * @throws InputError when the file is missing, empty or a line is no recording
 */
export function readRecordings(file: string): Recordings {
  const lines = readJsonLines<Recording>(file);
  if (lines.length === 0) throw new InputError(`${file} is empty; restore it from the repository`);
  const recordings: Recordings = { bySha256: new Map(), byQuestion: new Map() };
  for (const [index, line] of lines.entries()) {
    if (typeof line?.sha256 !== "string" || !Array.isArray(line.qa))
      throw new InputError(`${file}, line ${index + 1} is no recording; restore the file`);
    recordings.bySha256.set(line.sha256, line);
    for (const { question, answer } of line.qa)
      recordings.byQuestion.set(question, { answer, sha256: line.sha256 });
  }
  return recordings;
}
