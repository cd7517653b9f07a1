import { HubApiError, datasetInfo, downloadFile, listFiles } from "@huggingface/hub";
import { InputError, type QuestionRow, throwIfAborted } from "../common/index";
import { toQuestionRows } from "./question-rows";
import { readRowFile } from "./read-row-file";

/** How the Hub is spoken to. */
export interface HubConnection {
  hubUrl: string;
  fetch: typeof fetch;
}

/** Rows with the place they come from. */
export interface DownloadedRows {
  /** Commit whose files were read. */
  commit: string;
  /** Their paths, in the order of the rows. */
  files: string[];
  rows: QuestionRow[];
}

/** Where the Hub keeps what it has made of CSV and other formats. */
const convertedBranch = "refs/convert/parquet";

/**
 * All rows of a dataset, its splits one after the other by the paths of their files: of its Parquet files; where it has
 * none, of its JSON Lines; else of the Parquet files that the Hub has made of it.
 * @param repo `user/name`
 * @param maxBytes more than so much is not downloaded
 * @throws InputError naming what is missing, too large or not usable
 */
export async function downloadRows(
  repo: string,
  connection: HubConnection,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal },
): Promise<DownloadedRows> {
  const { commit, files } = await findRowFiles(repo, connection);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes > maxBytes)
    throw new InputError(
      `${repo} has ${bytes} bytes of rows, more than the ${maxBytes} that are taken; ` +
        "set published.datasetRepo to a smaller dataset",
    );
  const raw = [];
  for (const { path, size } of files) {
    const content = await downloadWhole(repo, commit, path, size, connection);
    raw.push(await readRowFile(repo, path, content));
    throwIfAborted(signal);
  }
  return { commit, files: files.map((file) => file.path), rows: toQuestionRows(repo, raw) };
}

interface RowFile {
  path: string;
  size: number;
}

async function findRowFiles(
  repo: string,
  connection: HubConnection,
): Promise<{ commit: string; files: RowFile[] }> {
  for (const branch of ["main", convertedBranch]) {
    const commit = await findCommit(repo, branch, connection);
    if (commit === undefined) break;
    const all = await listAllFiles(repo, commit, connection);
    for (const ending of [".parquet", ".jsonl"]) {
      const files = all.filter(({ path }) => path.endsWith(ending));
      if (files.length > 0) return { commit, files };
    }
  }
  throw new InputError(
    `${repo} has neither Parquet nor JSON Lines; set published.datasetRepo to a dataset that has`,
  );
}

/** The commit at the head of a branch; none where the Hub has converted nothing. */
async function findCommit(
  name: string,
  revision: string,
  connection: HubConnection,
): Promise<string | undefined> {
  try {
    const info = await datasetInfo({ ...connection, name, revision, additionalFields: ["sha"] });
    return info.sha;
  } catch (error) {
    const isMissing = error instanceof HubApiError && error.statusCode === 404;
    if (isMissing && revision === convertedBranch) return undefined;
    throw error;
  }
}

/** Every file of a commit, sorted by path. */
async function listAllFiles(
  name: string,
  revision: string,
  connection: HubConnection,
): Promise<RowFile[]> {
  const repo = { type: "dataset" as const, name };
  const files: RowFile[] = [];
  for await (const entry of listFiles({ ...connection, repo, revision, recursive: true }))
    if (entry.type === "file") files.push(entry);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function downloadWhole(
  repo: string,
  commit: string,
  path: string,
  size: number,
  connection: HubConnection,
): Promise<ArrayBuffer> {
  const blob = await downloadFile({
    ...connection,
    repo: { type: "dataset", name: repo },
    revision: commit,
    path,
    xet: false, // as in uploads: Xet needs servers of its own
  });
  const content = await blob?.arrayBuffer();
  if (content?.byteLength !== size)
    throw new Error(`${path} came with ${content?.byteLength ?? 0} of ${size} bytes`);
  return content;
}
