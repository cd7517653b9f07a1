import type { ChatReply } from "./request-reply";
import { pairsPerChunk } from "./question-prompt";
import type { QuestionPair } from "./types";

/** The part of a reply that is checked. */
export type ReplyText = Pick<ChatReply, "text"> &
  Partial<Pick<ChatReply, "finishReason" | "refusal">>;

/** Either the four pairs of a usable reply, or why it is not usable (a clause without its full stop). */
export type CheckedReply = { pairs: QuestionPair[] } | { reason: string };

/**
 * Decides whether a reply can be used: whole, JSON, exactly 4 pairs, questions non-empty and distinct,
 * each answer a verbatim span of the passage. Runs of whitespace count as one space on both sides, since
 * a model that copies a code block rarely keeps its indentation.
 */
export function checkReply(reply: ReplyText, passage: string): CheckedReply {
  if (reply.refusal) return { reason: `the model refused (${shorten(reply.refusal)})` };
  if (reply.finishReason === "length") return { reason: "it ran into the length limit" };
  if (reply.finishReason === "content_filter")
    return { reason: "the server's content filter stopped it" };
  if (reply.text.trim() === "") return { reason: "it is empty" };
  const parsed = parsePairs(reply.text);
  return "reason" in parsed ? parsed : checkPairs(parsed.pairs, passage);
}

/** Text with every run of whitespace as one space, without any at its ends. */
export function collapseWhitespace(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function parsePairs(text: string): CheckedReply {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: `it is not JSON (${(error as SyntaxError).message})` };
  }
  const pairs = (value as { pairs?: unknown } | null)?.pairs;
  if (!Array.isArray(pairs)) return { reason: 'it has no list named "pairs"' };
  const broken = pairs.findIndex((pair) => !isPair(pair));
  if (broken >= 0) return { reason: `pair ${broken + 1} lacks a question or an answer as text` };
  return { pairs: (pairs as QuestionPair[]).map(trimPair) };
}

/** Names everything that is wrong at once: a paid second request should not fail on what was left unsaid. */
function checkPairs(pairs: QuestionPair[], passage: string): CheckedReply {
  if (pairs.length !== pairsPerChunk)
    return { reason: `it has ${pairs.length} pairs, not ${pairsPerChunk}` };
  const whole = collapseWhitespace(passage);
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const [index, { question, answer }] of pairs.entries()) {
    const key = collapseWhitespace(question).toLowerCase();
    if (key === "") problems.push(`question ${index + 1} is empty`);
    else if (seen.has(key)) problems.push(`question ${index + 1} repeats another`);
    seen.add(key);
    const span = collapseWhitespace(answer);
    if (span === "") problems.push(`answer ${index + 1} is empty`);
    else if (!whole.includes(span))
      problems.push(`answer ${index + 1} is not in the passage word for word`);
  }
  return problems.length > 0 ? { reason: problems.join("; ") } : { pairs };
}

function isPair(value: unknown): value is QuestionPair {
  const pair = value as Partial<QuestionPair> | null;
  return typeof pair?.question === "string" && typeof pair.answer === "string";
}

function trimPair({ question, answer }: QuestionPair): QuestionPair {
  return { question: question.trim(), answer: answer.trim() };
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
