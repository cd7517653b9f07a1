import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { describeError } from "../common/index";

const unpack = promisify(gunzip);

/**
 * What gzip has packed; bytes that do not begin like gzip as they are. A kilobyte can unpack to gigabytes: it
 * ends at `maxBytes`.
 * @returns the bytes, or why there are none
 */
export async function unpackGzip(
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array | string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return `unpacks to more than ${maxBytes / 1e6} MB`;
    if (!code?.startsWith("Z_")) throw error;
    return `its gzip cannot be unpacked (${describeError(error)})`;
  }
}
