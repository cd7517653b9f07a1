import { sha256 } from "../common/index";
import { noAnswer, readAnswerPrompt } from "./answer-prompt";
import { findPassage } from "./question-prompt";
import { type Recordings, recordedModel } from "./recordings";
import { ProtocolError } from "./protocol-error";
import type { QuestionPair } from "./types";

/** Passages whose first reply is spoiled: the first so many that are asked about, or those listed. */
export type SpoiledReplies = number | readonly string[];

/** Answers the body of one Chat Completions request, or throws what the server shall refuse it with. */
export type ChatResponder = (body: ChatBody) => Record<string, unknown>;

/** The part of a Chat Completions request that the replay reads. */
export interface ChatBody {
  model?: unknown;
  messages?: unknown;
  stream?: unknown;
}

/** A responder that looks up what was recorded for the passage or the question in a request. */
export function createChatResponder(
  recordings: Recordings,
  spoiled: SpoiledReplies,
): ChatResponder {
  const spoil = createSpoiler(spoiled);
  let requests = 0;
  return (body) => {
    if (body.model !== recordedModel)
      throw new ProtocolError(
        404,
        `there is no model "${String(body.model)}" here, only "${recordedModel}"`,
      );
    if (body.stream) throw new ProtocolError(400, "the replay does not stream");
    const contents = readContents(body.messages);
    const content = replayContent(contents, recordings, spoil);
    requests += 1;
    return toCompletion(`chatcmpl-replay-${requests}`, contents, content);
  };
}

type Spoiler = (passage: string, pairs: QuestionPair[]) => string | undefined;

function replayContent(contents: string[], recordings: Recordings, spoil: Spoiler): string {
  for (const content of contents) {
    const passage = findPassage(content);
    if (passage !== undefined) {
      const pairs = findPairs(passage, recordings);
      return spoil(passage, pairs) ?? JSON.stringify({ pairs });
    }
    const prompt = readAnswerPrompt(content);
    if (prompt) return findAnswer(prompt, recordings);
  }
  throw new ProtocolError(400, "no message holds a passage or a question in the project's markers");
}

function findPairs(passage: string, { bySha256 }: Recordings): QuestionPair[] {
  const recording = bySha256.get(sha256(passage));
  if (recording) return recording.qa;
  throw new ProtocolError(
    404,
    `no answer is recorded for the passage that begins "${passage.slice(0, 60)}"; recordings exist for the ` +
      "sample site's own chunks only, as its pages and the splitting settings are shipped; for other text " +
      "set MRL_QUESTIONS_SOURCE=openai and a model",
  );
}

function findAnswer(
  { passages, question }: { passages: string[]; question: string },
  { byQuestion }: Recordings,
): string {
  const recorded = byQuestion.get(question);
  if (!recorded)
    throw new ProtocolError(
      404,
      `no answer is recorded for the question "${question}"; ask one of the sample's own, or set ` +
        "MRL_QUESTIONS_SOURCE=openai and a model",
    );
  return passages.some((text) => sha256(text) === recorded.sha256) ? recorded.answer : noAnswer;
}

/** The three ways in which models were seen to fail, in turn. */
const waysToSpoil: ((pairs: QuestionPair[]) => string)[] = [
  () => "Here are four questions about the passage you sent:",
  (pairs) => JSON.stringify({ pairs: pairs.slice(0, 3) }),
  ([first, ...others]) =>
    JSON.stringify({ pairs: [{ ...first, answer: "It is best left at its default." }, ...others] }),
];

function createSpoiler(spoiled: SpoiledReplies): Spoiler {
  const listed = typeof spoiled === "number" ? undefined : [...spoiled];
  const seen: string[] = [];
  return (passage, pairs) => {
    if (seen.includes(passage)) return undefined;
    const turn = listed ? listed.indexOf(passage) : seen.length;
    if (turn < 0 || (typeof spoiled === "number" && turn >= spoiled)) return undefined;
    seen.push(passage);
    return waysToSpoil[turn % waysToSpoil.length](pairs);
  };
}

function readContents(messages: unknown): string[] {
  if (!Array.isArray(messages) || messages.length === 0)
    throw new ProtocolError(400, "messages is missing or empty");
  return messages.map((message: { content?: unknown } | null) =>
    typeof message?.content === "string" ? message.content : "",
  );
}

/** Tokens by the rule of thumb of four characters a token: an estimate, no tokenizer ran. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function toCompletion(id: string, prompt: string[], content: string): Record<string, unknown> {
  const promptTokens = prompt.reduce((sum, text) => sum + estimateTokens(text), 0);
  const completionTokens = estimateTokens(content);
  return {
    id,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: recordedModel,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}
