import { HubApiError } from "@huggingface/hub";
import { InputError, describeError } from "../common/index";
import { hideQueries } from "./upload-error";

/** The error of a download in words that say what to do. */
export function explainDownloadError(
  error: unknown,
  { repo, hubUrl }: { repo: string; hubUrl: string },
): Error {
  if (error instanceof InputError) return error;
  const status = error instanceof HubApiError ? error.statusCode : 0;
  // Without a token the Hub answers 401 for what is not there as for what is private.
  if ([401, 403, 404].includes(status))
    return new InputError(
      `${hubUrl} has no dataset ${repo} that anyone may read (${status}); set published.datasetRepo to one`,
    );
  return new Error(
    `${repo} was not fetched: ${hideQueries(describeError(error))}. Nothing was written; run this again`,
  );
}
