import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { HubApiError, type RepoId, commitIter, createRepo } from "@huggingface/hub";
import { InputError, throwIfAborted } from "../common/index";
import { findChangedFiles } from "./changed-files";
import { type PublishedFile, listFolder } from "./folder";
import { createHubFetch, findHubUrl } from "./hub-fetch";
import { explainUploadError } from "./upload-error";

/** What an upload reports. */
export type UploadEvent =
  | { type: "step"; step: "creating" | "comparing" | "preuploading" | "uploading" | "committing" }
  /** `share` of the file has been hashed or sent, 0..1. */
  | { type: "file"; path: string; bytes: number; share: number; state: "hashing" | "uploading" };

/** What {@link upload} is told. */
export interface UploadOptions {
  repo: { type: "model" | "dataset"; name: string };
  /** Ready to upload, from {@link prepareDatasetFolder} or {@link prepareModelFolder}. */
  folder: string;
  /** True unless told: only list what would be uploaded; nothing is sent. */
  dryRun?: boolean;
  /** Who may see a repository that this creates: only its owner unless told. */
  visibility?: "private" | "public";
  /** From the environment or `.env`: `readSecret("HF_TOKEN")` of `mrl/common`. */
  accessToken?: string;
  /** Address of the Hub; the environment variable HF_ENDPOINT, or huggingface.co, unless told. */
  hubUrl?: string;
  fetch?: typeof fetch;
  onEvent?: (event: UploadEvent) => void;
  signal?: AbortSignal;
}

/** What {@link upload} did, or would do. */
export interface UploadResult {
  dryRun: boolean;
  /** Page of the repository. */
  url: string;
  /** All files of the folder. */
  files: PublishedFile[];
  bytes: number;
  /** Files that were sent; none in a dry run, nor where the repository has them all. */
  sent: PublishedFile[];
  /** Page of the commit; missing where nothing was sent. */
  commitUrl?: string;
}

/**
 * Publishes a folder on the Hugging Face Hub as one commit: creates the repository where there is none, sends what
 * it does not have yet, large files through LFS. Files of the repository that the folder lacks stay.
 * @throws InputError when the token or the name cannot be used
 * @throws Error saying that nothing was published, when anything fails before the Hub confirms the commit
 */
export async function upload(options: UploadOptions): Promise<UploadResult> {
  const { repo, folder, dryRun = true } = options;
  const hubUrl = findHubUrl(options.hubUrl);
  const { files, bytes } = listFolder(folder);
  if (files.length === 0) throw new InputError(`${folder} holds no file; prepare it first`);
  const url = `${hubUrl}/${repo.type === "dataset" ? "datasets/" : ""}${repo.name}`;
  const plan: UploadResult = { dryRun, url, files, bytes, sent: [] };
  if (dryRun) return plan;
  const accessToken = checkToken(options.accessToken);
  checkName(repo.name);
  throwIfAborted(options.signal);
  try {
    return { ...plan, ...(await publish(plan, { ...options, accessToken, hubUrl })) };
  } catch (error) {
    throwIfAborted(options.signal);
    throw explainUploadError(error, { repo: repo.name, accessToken });
  }
}

async function publish(
  { files, url }: UploadResult,
  options: UploadOptions & { accessToken: string; hubUrl: string },
): Promise<Pick<UploadResult, "sent" | "commitUrl">> {
  const { folder, accessToken, hubUrl, visibility = "private", onEvent, signal } = options;
  const repo: RepoId = options.repo;
  const connection = {
    repo,
    accessToken,
    hubUrl,
    fetch: createHubFetch(options.fetch ?? fetch, signal),
  };
  onEvent?.({ type: "step", step: "creating" });
  await createRepo({ ...connection, visibility }).catch(ignoreExisting);
  onEvent?.({ type: "step", step: "comparing" });
  const changed = await findChangedFiles(folder, files, connection);
  if (changed.length === 0) return { sent: [] };
  const commitUrl = await commitFiles(changed, connection, options);
  if (!commitUrl) throw new Error(`${url} did not confirm the commit`);
  return { sent: changed, commitUrl };
}

async function commitFiles(
  files: readonly PublishedFile[],
  connection: { repo: RepoId; accessToken: string; hubUrl: string; fetch: typeof fetch },
  { folder, onEvent, signal }: UploadOptions,
): Promise<string | undefined> {
  const sizes = new Map(files.map((file) => [file.path, file.bytes]));
  const steps = commitIter({
    ...connection,
    title: "Upload from the notebooks",
    operations: files.map((file) => ({
      operation: "addOrUpdate",
      path: file.path,
      content: pathToFileURL(path.join(folder, file.path)),
    })),
    useXet: false, // LFS is what the tests speak; Xet needs servers of its own
    abortSignal: signal,
  });
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return value?.commit.url;
    if (value.event === "phase") {
      const step = value.phase === "uploadingLargeFiles" ? "uploading" : value.phase;
      onEvent?.({ type: "step", step });
    } else if (value.state !== "error") {
      const { path: file, progress: share, state } = value;
      onEvent?.({ type: "file", path: file, bytes: sizes.get(file) ?? 0, share, state });
    }
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof HubApiError && error.statusCode === 409)) throw error;
}

function checkToken(token: string | undefined): string {
  const wayOut = "make one with write access at https://huggingface.co/settings/tokens";
  if (!token)
    throw new InputError(
      `To publish, set HF_TOKEN, in the environment or in .env, to an access token; ${wayOut}`,
    );
  if (!token.startsWith("hf_"))
    throw new InputError(
      `HF_TOKEN is no access token of the Hub (these begin with hf_); ${wayOut}`,
    );
  return token;
}

function checkName(name: string): void {
  if (/^[\w.-]+\/[\w.-]+$/.test(name) && !name.startsWith("your-name/")) return;
  throw new InputError(
    `The repository is "${name}"; set publish.modelRepo and publish.datasetRepo to names of your own, user/name`,
  );
}
