import * as path from "node:path";
import * as fs from "node:fs";
import { InputError } from "../common/index";

/** A card in its two parts. */
export interface Card {
  /** YAML, for programs. */
  metadata: string;
  /** Markdown, for people. */
  body: string;
}

/**
 * The card of a prepared folder.
 * @throws InputError where `README.md` is missing or does not begin with metadata
 */
export function readCard(folder: string): Card {
  const file = path.join(folder, "README.md");
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const [, metadata, body] = /^---\n(.*?\n)---\n(.*)$/s.exec(text) ?? [];
  if (metadata === undefined) throw new InputError(`${file} is no card; prepare the folder again`);
  return { metadata, body: body.trimStart() };
}
