import { HubApiError } from "@huggingface/hub";
import { InputError, describeError } from "../common/index";

/** What was being done when the Hub refused. */
export interface UploadAttempt {
  /** `user/name` */
  repo: string;
  accessToken: string;
}

const tokenPage = "https://huggingface.co/settings/tokens";

/**
 * The error of an upload in words that say what to do. It holds neither the token nor the signed addresses of the
 * Hub's storage, which are as good as a key for a while.
 */
export function explainUploadError(error: unknown, { repo, accessToken }: UploadAttempt): Error {
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  const said = hideQueries(describeError(error).replaceAll(accessToken, "…"));
  if (status === 401)
    return new InputError(
      `The Hub does not know this token (401); make one with write access at ${tokenPage} and set HF_TOKEN`,
    );
  if (status === 403)
    return new InputError(
      `The token may not write to ${repo} (403); use one with write access to that owner (${tokenPage}), ` +
        "or set publish.modelRepo and publish.datasetRepo to a name of your own",
    );
  return new Error(
    `${repo} was not published: ${said}. A commit is the last step, so nothing half-finished is public; ` +
      "run this again, what was sent already is not sent again",
  );
}

/** Without the query of any address. */
export function hideQueries(message: string): string {
  return message.replace(/(https?:\/\/[^\s?"]+)\?[^\s"]*/g, "$1");
}
