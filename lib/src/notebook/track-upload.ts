import type { UploadEvent } from "../hub/index";
import type { Progress } from "./progress";

const megabyte = 1e6;

/**
 * A listener for `upload` of `mrl/hub` that shows on a progress line which step it is at and how many megabytes of
 * the large files are sent. Start the line with the unit `MB`.
 */
export function trackUpload(progress: Progress): (event: UploadEvent) => void {
  const sizes = new Map<string, number>();
  const sent = new Map<string, number>();
  const sum = (bytes: Map<string, number>): number =>
    Number(([...bytes.values()].reduce((a, b) => a + b, 0) / megabyte).toFixed(1));
  return (event) => {
    if (event.type === "step") {
      progress.update(sum(sent), { note: event.step });
      return;
    }
    if (event.state === "uploading") sent.set(event.path, event.share * event.bytes);
    sizes.set(event.path, event.bytes);
    progress.update(sum(sent), { total: sum(sizes), note: `${event.state} ${event.path}` });
  };
}
