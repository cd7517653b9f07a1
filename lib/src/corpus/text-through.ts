/**
 * A text from its start to the end of the first place where `span` stands, with every run of whitespace as one
 * space in both: what a model must read to have seen the span.
 * @returns nothing when the span is not in the text
 */
export function textThrough(text: string, span: string): string | undefined {
  const flat = flatten(text);
  const wanted = flatten(span);
  const place = flat.indexOf(wanted);
  return place < 0 ? undefined : flat.slice(0, place + wanted.length);
}

function flatten(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
