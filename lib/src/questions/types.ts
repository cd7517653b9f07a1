/** A question with its answer, as the language model wrote them. */
export interface QuestionPair {
  question: string;
  /** A verbatim span of the passage, whitespace aside. */
  answer: string;
}

/** Tokens as the server counted them. */
export interface TokenUsage {
  prompt: number;
  completion: number;
}

/** A reply that was not taken, and why. */
export interface RejectedReply {
  reason: string;
  raw: string;
}

/** One line of `questions.jsonl`: what was asked about a chunk and what came back. */
export interface QuestionRecord {
  global_chunk_id: number;
  page: string;
  /** SHA-256 of the chunk's text (UTF-8), in hex. */
  sha256: string;
  /** The model that was asked for. */
  model: string;
  /** Which wording of the question prompt was used, see {@link questionPromptHash}. */
  promptHash: string;
  /** The model that the server says answered. */
  answeredBy: string;
  /** The accepted pairs; empty when the chunk was set aside. */
  qa: QuestionPair[];
  /** The last reply as it came. */
  raw: string;
  /** Requests made for this chunk; 0 when the same text had been asked about for another chunk. */
  tries: number;
  /** Tokens of all tries together. */
  tokens: TokenUsage;
  /** US dollars for these tokens, by the prices of that day; 0 for recorded answers. Old lines lack it. */
  costUsd?: number;
  /** Replies before the last that were not taken. */
  rejected: RejectedReply[];
  /** Why the chunk has no questions, if it has none. */
  setAside?: string;
}
