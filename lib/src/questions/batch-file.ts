import type OpenAI from "openai";
import { type Chunk, InputError, describeError, sha256 } from "../common/index";
import { openConversation } from "./ask-for-questions";
import { questionSchema } from "./question-prompt";
import { buildRequest } from "./request-reply";

/** One line of a batch's output or error file. */
interface BatchLine {
  custom_id: string;
  response: { status_code: number; body: unknown } | null;
  error?: { code?: string; message?: string } | null;
}

/** What a batch says: completions by the SHA-256 of the chunk's text, and why others have none. */
export interface BatchOutput {
  completions: Map<string, OpenAI.ChatCompletion>;
  failures: string[];
}

/** The requests of a batch as JSON Lines; a chunk is known by the SHA-256 of its text. */
export function buildBatchFile(chunks: readonly Chunk[], model: string): string {
  const lines = chunks.map(({ text }) => {
    const messages = openConversation(text);
    const body = buildRequest({ model, messages, schema: questionSchema });
    return { custom_id: sha256(text), method: "POST", url: "/v1/chat/completions", body };
  });
  return lines.map((line) => JSON.stringify(line) + "\n").join("");
}

/**
 * Reads the output file and the error file of a batch, which come in no order.
 * @throws InputError when a line is none of the protocol's
 */
export function readBatchOutput(text: string): BatchOutput {
  const output: BatchOutput = { completions: new Map(), failures: [] };
  for (const line of text.split("\n").filter(Boolean)) {
    const { custom_id, response, error } = parseLine(line);
    if (response?.status_code === 200)
      output.completions.set(custom_id, response.body as OpenAI.ChatCompletion);
    else output.failures.push(describeFailure(response, error));
  }
  return output;
}

function parseLine(line: string): BatchLine {
  try {
    const value = JSON.parse(line) as BatchLine | null;
    if (typeof value?.custom_id === "string") return value;
  } catch (error) {
    throw new InputError(`the batch's output is not JSON Lines (${describeError(error)})`);
  }
  throw new InputError(`a line of the batch's output has no custom_id: ${line.slice(0, 80)}`);
}

function describeFailure(response: BatchLine["response"], error: BatchLine["error"]): string {
  const body = response?.body as { error?: { message?: string } } | undefined;
  const said = body?.error?.message ?? error?.message ?? error?.code ?? "no reason given";
  return response ? `${response.status_code} ${said}` : said;
}
