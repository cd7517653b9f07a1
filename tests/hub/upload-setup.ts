import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { TestContext } from "node:test";
import { type UploadOptions, type UploadResult, prepareModelFolder, upload } from "mrl/hub";
import { token } from "./hub-routes";
import { type HubServer, startHubServer } from "./hub-server";
import { createWorkFolder, data } from "./work-folder";

/** Size of the weights. */
export const largeBytes = 3_000_000;

export interface Setup {
  hub: HubServer;
  folder: string;
  send: (change?: Partial<UploadOptions>) => Promise<UploadResult>;
}

/** A Hub of its own for each test, and a model folder with weights of 3 MB. */
export async function setUp(t: TestContext): Promise<Setup> {
  const hub = await startHubServer();
  t.after(() => hub.stop());
  const { folder } = prepareModelFolder(createWorkFolder(), data);
  fs.writeFileSync(path.join(folder, "model.safetensors"), randomBytes(largeBytes));
  const options: UploadOptions = {
    repo: { type: "model", name: "me/finder" },
    folder,
    dryRun: false,
    accessToken: token,
    hubUrl: hub.url,
  };
  return { hub, folder, send: (change) => upload({ ...options, ...change }) };
}
