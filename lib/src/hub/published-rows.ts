import * as fs from "node:fs";
import * as path from "node:path";
import {
  type QuestionRow,
  readJson,
  readJsonLines,
  throwIfAborted,
  writeJson,
  writeJsonLines,
} from "../common/index";
import { explainDownloadError } from "./download-error";
import { type DownloadedRows, downloadRows } from "./download-rows";
import { writeFolderAtomic } from "./folder";
import { createHubFetch, findHubUrl } from "./hub-fetch";

/** What {@link fetchPublishedRows} is told. */
export interface FetchRowsOptions {
  /** `user/name` of a dataset that anyone may read; no token is sent. */
  repo: string;
  /** Where the rows are kept: `rows.jsonl`, and `source.json`, which says where they come from. */
  folder: string;
  /** Larger datasets are refused: 100 MB unless told. */
  maxBytes?: number;
  /** Address of the Hub; the environment variable HF_ENDPOINT, or huggingface.co, unless told. */
  hubUrl?: string;
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

/** The rows of a dataset on the Hub, and the commit they are of. */
export interface PublishedRows extends DownloadedRows {
  repo: string;
}

/**
 * The question rows of a dataset on the Hugging Face Hub, with columns `global_chunk_id`, `text`, `question_id`,
 * `question`, `answer` and, where there is one, `page`. They are fetched once: a folder that holds those of this
 * repository is read instead. It is written whole or not at all.
 * @throws InputError naming repository, file and row of what cannot be used
 * @throws Error saying that nothing was written, when the Hub or the connection fails
 */
export async function fetchPublishedRows(options: FetchRowsOptions): Promise<PublishedRows> {
  const { repo, folder, maxBytes = 100e6, signal } = options;
  throwIfAborted(signal);
  const kept = readKept(folder);
  if (kept?.repo === repo) return kept;
  const hubUrl = findHubUrl(options.hubUrl);
  const connection = { hubUrl, fetch: createHubFetch(options.fetch ?? fetch, signal) };
  let downloaded: DownloadedRows;
  try {
    downloaded = await downloadRows(repo, connection, { maxBytes, signal });
  } catch (error) {
    throwIfAborted(signal);
    throw explainDownloadError(error, { repo, hubUrl });
  }
  const { rows, ...source } = downloaded;
  writeFolderAtomic(folder, (fresh) => {
    writeJsonLines(path.join(fresh, "rows.jsonl"), rows);
    writeJson(path.join(fresh, "source.json"), { repo, ...source });
  });
  return { repo, ...downloaded };
}

function readKept(folder: string): PublishedRows | undefined {
  const [source, rows] = ["source.json", "rows.jsonl"].map((name) => path.join(folder, name));
  if (!fs.existsSync(source) || !fs.existsSync(rows)) return undefined;
  const kept = readJson<Omit<PublishedRows, "rows">>(source);
  return { ...kept, rows: readJsonLines<QuestionRow>(rows) };
}
