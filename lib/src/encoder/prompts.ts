import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, type TextRole, readJson } from "../common/index";

interface PromptFile {
  prompts?: Record<string, unknown>;
  default_prompt_name?: string | null;
}

/**
 * The prompts of `config_sentence_transformers.json`: `query` for questions; the first of `document`, `passage` and
 * `corpus` that is not empty for passages; that of `default_prompt_name` for other texts. Empty where the folder has
 * none. (sentence-transformers 6.2 adds an empty `document` of its own, and so misses one that is called `passage`.)
 * @throws InputError when `default_prompt_name` is none of the prompts, or a prompt is no text
 */
export function readPrompts(folder: string): Record<TextRole, string> {
  const file = path.join(folder, "config_sentence_transformers.json");
  const config = fs.existsSync(file) ? readJson<PromptFile>(file) : {};
  const prompts = config.prompts ?? {};
  const refuse = (what: string): InputError =>
    new InputError(`${file}: ${what}; its prompts are: ${JSON.stringify(prompts)}`);
  const find = (name: string): string => {
    const prompt = prompts[name] ?? "";
    if (typeof prompt !== "string") throw refuse(`the prompt "${name}" is no text`);
    return prompt;
  };
  const name = config.default_prompt_name ?? undefined;
  if (name !== undefined && !(name in prompts)) {
    throw refuse(`default_prompt_name is "${name}", which is none of them`);
  }
  return {
    query: find("query"),
    passage: ["document", "passage", "corpus"].map(find).find((prompt) => prompt !== "") ?? "",
    plain: name === undefined ? "" : find(name),
  };
}
