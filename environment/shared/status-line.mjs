const plainIntervalMs = 15_000;

/**
 * Live progress: one line updated in place on a terminal; elsewhere a plain line every 15 seconds.
 * @param stream where to write, such as process.stdout
 */
export function createStatusLine(stream = process.stdout) {
  let shown = false;
  let lastPlain = Date.now();
  const clear = () => {
    if (shown) stream.write("\r\x1b[2K");
    shown = false;
  };
  return {
    /** Shows how far the work is; replaced by the next text. */
    show(text) {
      if (stream.isTTY) {
        clear();
        stream.write(text.slice(0, (stream.columns ?? 80) - 1));
        shown = true;
      } else if (Date.now() - lastPlain >= plainIntervalMs) {
        lastPlain = Date.now();
        stream.write(text + "\n");
      }
    },
    /** Prints a line that stays. */
    print(text) {
      clear();
      lastPlain = Date.now();
      stream.write(text + "\n");
    },
    clear,
  };
}

/** 7 s, 3 min 05 s, 1 h 02 min. */
export function formatSeconds(seconds) {
  const whole = Math.round(seconds);
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  const two = (n) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** 12.3 MB, 1.20 GB. */
export function formatBytes(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
