import * as path from "node:path";
import type { ProgressListener, RunSettings } from "../common/index";
import { buildSampleSite } from "./build-sample-site";
import { serveFolder } from "./serve-folder";

/** The address by which settings name the sample site; no such host exists (RFC 2606 reserves `.example`). */
export const sampleSiteUrl = "http://weft.example/";

/** A site that can be crawled until it is closed. */
export interface OpenSite {
  startUrl: string;
  /** What was done to open it, in one sentence. */
  note: string;
  /** Stops serving the sample site; does nothing for a real one. */
  close(): Promise<void>;
}

/**
 * Makes the site of `settings.site.startUrl` ready to be crawled. The sample site (no address, or one below
 * {@link sampleSiteUrl}) is built with Sphinx into `site/` of the work folder, where that is not done yet, and
 * served on a free port of this machine.
 * @param onProgress told how many pages of the sample site are built, out of all, where it has to be built
 * @throws InputError when the sample site cannot be built
 */
export async function openSite(
  settings: RunSettings,
  onProgress?: ProgressListener,
): Promise<OpenSite> {
  const { startUrl } = settings.site;
  if (startUrl !== "" && !startUrl.startsWith(sampleSiteUrl)) {
    return { startUrl, note: `The site is ${startUrl}.`, close: async () => {} };
  }
  const folder = path.join(settings.workDir, "site");
  const startedAt = performance.now();
  const isNew = await buildSampleSite({ root: settings.root, folder, onProgress });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const server = await serveFolder(folder);
  const built = isNew ? `was built with Sphinx in ${seconds} s` : "had been built before";
  return {
    startUrl: server.url + startUrl.slice(sampleSiteUrl.length),
    note: `The sample site ${built} and is served at ${server.url}.`,
    close: server.close,
  };
}
