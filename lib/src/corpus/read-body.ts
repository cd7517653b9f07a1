import { getEncoding } from "encoding-sniffer";

/** What came of a reply. */
export interface Body {
  bytes: Uint8Array;
  /** False when there was more than `maxBytes`: `bytes` is then its beginning, the rest is not read. */
  isWhole: boolean;
}

/** A reply's bytes, after decompression, `maxBytes` at most. */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    parts.push(part);
    if (size > maxBytes) break;
  }
  const bytes = Buffer.concat(parts);
  return { bytes: bytes.subarray(0, maxBytes), isWhole: size <= maxBytes };
}

/**
 * A page's text, in the character set of its byte order mark, else of the header, else of a `<meta>` near the
 * start, else UTF-8. Bytes that mean nothing in it become U+FFFD.
 * @returns nothing when the character set of the header is not known
 */
export function decodeHtml(body: Uint8Array, contentType: string): string | undefined {
  const label = /charset\s*=\s*["']?([\w:.+-]+)/i.exec(contentType)?.[1];
  const found = getEncoding(Buffer.from(body.buffer, body.byteOffset, body.byteLength), {
    transportLayerEncodingLabel: label,
    defaultEncoding: "utf-8",
  });
  try {
    if (label) new TextDecoder(label);
    return new TextDecoder(found).decode(body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
