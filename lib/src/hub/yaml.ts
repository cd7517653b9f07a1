/** What card metadata is made of. */
export type YamlValue =
  string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/**
 * YAML in block style. Every key and text that is not a plain word is quoted as in JSON, which YAML 1.2 reads the
 * same way, so nothing in it can be taken for syntax.
 * @param value an object or a list; empty lists and objects are written as `[]` and `{}`
 */
export function toYaml(value: YamlValue, indent = ""): string {
  if (isList(value)) return value.map((item) => `${indent}- ${inList(item, indent)}\n`).join("");
  if (typeof value !== "object") return `${indent}${toScalar(value)}\n`;
  return Object.entries(value)
    .map(([key, item]) => `${indent}${toScalar(key)}:${afterKey(item, indent)}`)
    .join("");
}

function afterKey(item: YamlValue, indent: string): string {
  if (typeof item !== "object" || isEmpty(item)) return ` ${toScalar(item)}\n`;
  return `\n${toYaml(item, isList(item) ? indent : `${indent}  `)}`;
}

/** A list's item begins on the line of its dash. */
function inList(item: YamlValue, indent: string): string {
  if (typeof item !== "object" || isEmpty(item)) return toScalar(item);
  const inner = `${indent}  `;
  return toYaml(item, inner).slice(inner.length).trimEnd();
}

function toScalar(value: YamlValue): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w./-]*( [\w./-]+)*$/.test(value);
  const isWord = /^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return isPlain && !isWord ? value : quote(value);
}

/** A JSON string; YAML forbids the line separators that JSON allows in one. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function isEmpty(value: YamlValue): boolean {
  return typeof value === "object" && Object.keys(value).length === 0;
}
