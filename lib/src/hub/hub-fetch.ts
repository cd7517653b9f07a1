/** Address of the Hub: what is told, else the environment variable HF_ENDPOINT, else huggingface.co. */
export function findHubUrl(told: string | undefined): string {
  return told ?? (process.env.HF_ENDPOINT || "https://huggingface.co");
}

/** What the Hub's client adds to a request whose progress it would like to know. */
interface ProgressHint {
  path?: string;
  part?: number;
  progressCallback: (fraction: number) => void;
}

/**
 * `fetch` for the Hub's client: it stops at the signal, also in requests to which the client gives none, and tells
 * the client how much of a file has been sent, which it learns in browsers only.
 * @param base the fetch that does the work
 */
export function createHubFetch(base: typeof fetch, signal: AbortSignal | undefined): typeof fetch {
  return (input, init = {}) => {
    const { progressHint, ...rest } = init as RequestInit & { progressHint?: ProgressHint };
    const signals = [rest.signal, signal].filter((s): s is AbortSignal => s != null);
    const body =
      rest.body instanceof Blob &&
      progressHint?.path !== undefined &&
      progressHint.part === undefined
        ? countReads(rest.body, progressHint.progressCallback)
        : rest.body;
    return base(input, { ...rest, body, signal: AbortSignal.any(signals) });
  };
}

/** The same blob, which tells which share of it has been read. */
function countReads(blob: Blob, onShare: (share: number) => void): Blob {
  const stream = (): ReadableStream => {
    let read = 0;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        read += bytes.byteLength;
        onShare(read / blob.size);
        controller.enqueue(bytes);
      },
    });
    return blob.stream().pipeThrough(count);
  };
  return Object.defineProperties(new Blob([]), {
    size: { value: blob.size },
    type: { value: blob.type },
    stream: { value: stream },
  });
}
