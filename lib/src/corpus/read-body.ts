/** A reply's bytes, or nothing when there are more than `maxBytes`: the rest is then not read. */
export async function readBody(
  response: Response,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * A page's text, in the character set of the header, else of a `<meta charset>` near the start, else UTF-8.
 * @returns nothing when that character set is not known
 */
export function decodeHtml(body: Uint8Array, contentType: string): string | undefined {
  const head = Buffer.from(body.subarray(0, 1024)).toString("latin1");
  const charset =
    /charset\s*=\s*["']?([\w-]+)/i.exec(contentType) ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head);
  try {
    return new TextDecoder(charset?.[1] ?? "utf-8").decode(body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
