import assert from "node:assert/strict";
import { test } from "node:test";
import { type Progress, trackUpload } from "mrl/notebook";

test("an upload's line counts the megabytes sent of all large files", () => {
  const updates: [number, object | undefined][] = [];
  const progress = {
    update: (done: number, change?: object) => updates.push([done, change]),
  } as unknown as Progress;
  const listen = trackUpload(progress);
  listen({ type: "step", step: "creating" });
  listen({ type: "file", path: "a", bytes: 4e6, share: 1, state: "hashing" });
  listen({ type: "file", path: "a", bytes: 4e6, share: 0.5, state: "uploading" });
  listen({ type: "file", path: "b", bytes: 1e6, share: 1, state: "uploading" });
  assert.deepEqual(updates, [
    [0, { note: "creating" }],
    [0, { total: 4, note: "hashing a" }],
    [2, { total: 4, note: "uploading a" }],
    [3, { total: 5, note: "uploading b" }],
  ]);
});
