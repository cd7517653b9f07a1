import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, sha256 } from "../common/index";

/** Pairs that are asked of every chunk. */
export const pairsPerChunk = 4;

/** The file that holds the prompt, to be read and changed. */
export const questionPromptFile: string = path.join(
  __dirname,
  "..",
  "..",
  "prompts",
  "questions.md",
);

const sections = readSections(questionPromptFile);

/** What the language model is told once, before it sees the passage. */
export const questionInstruction: string = sections.Instruction;

const [before, after] = sections.Request.split("{{passage}}");

/** The user's message for one passage. */
export function questionRequest(passage: string): string {
  return before + passage + after;
}

/** The passage in a message that {@link questionRequest} built; undefined for any other message. */
export function findPassage(message: string): string | undefined {
  const fits = message.startsWith(before) && message.endsWith(after);
  const length = message.length - before.length - after.length;
  return fits && length >= 0 ? message.slice(before.length, before.length + length) : undefined;
}

/** The user's message after a reply that cannot be used. */
export function retryRequest(reason: string): string {
  return sections.Again.replace("{{reason}}", () => reason);
}

/** The shape that the reply must have, as JSON schema for structured output. */
export const replySchema: Record<string, unknown> = {
  type: "object",
  properties: {
    pairs: {
      type: "array",
      minItems: pairsPerChunk,
      maxItems: pairsPerChunk,
      items: {
        type: "object",
        properties: { question: { type: "string" }, answer: { type: "string" } },
        required: ["question", "answer"],
        additionalProperties: false,
      },
    },
  },
  required: ["pairs"],
  additionalProperties: false,
};

/** That schema with its name. */
export const questionSchema: { name: string; schema: Record<string, unknown> } = {
  name: "question_answer_pairs",
  schema: replySchema,
};

/** Changes whenever anything that the model is told changes; answers to another prompt are not reused. */
export const questionPromptHash: string = sha256(
  JSON.stringify([questionInstruction, before, after, retryRequest(""), replySchema]),
).slice(0, 16);

/** The prompt's sections by their headings, with the number of pairs filled in. */
function readSections(file: string): Record<"Instruction" | "Request" | "Again", string> {
  const text = fs.readFileSync(file, "utf8").replaceAll("{{pairs}}", String(pairsPerChunk));
  const read = (heading: string, place?: string): string => {
    const part = text.split(/^# /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
    const body = part.slice(heading.length).trim();
    if (body === "") throw new InputError(`${file} has no text under "# ${heading}"`);
    if (place && body.split(place).length !== 2)
      throw new InputError(`${file}: "# ${heading}" needs ${place} once`);
    return body;
  };
  return {
    Instruction: read("Instruction"),
    Request: read("Request", "{{passage}}"),
    Again: read("Again", "{{reason}}"),
  };
}
