import { Failure } from "../shared/failure.mjs";

const unreachable =
  /Connection refused|NewConnectionError|NameResolutionError|Temporary failure in name resolution|ConnectTimeoutError|Read timed out|ProxyError|SSLError|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ENETUNREACH|\(from versions: none\)/;
const diskFull = /No space left on device|ENOSPC|Errno 28|Disk quota exceeded/;
const wrongChecksum =
  /DO NOT MATCH THE HASHES|HashMismatch|EINTEGRITY|integrity checksum failed|sha512-.* integrity/;
const cutOff = /not enough bytes were received|IncompleteRead|IncompleteDownload|Connection broken/;
const noise =
  /^\s*$|A new release of pip|npm warn|complete log of this run|^\s+at |WARNING: Retrying/i;

/**
 * The one line for a command that failed.
 * @param what what it was to do, such as "Installing the npm packages"
 * @param result of runCommand
 * @param log the file that holds the whole output
 */
export function explainFailure(what, result, log) {
  const text = result.output.join("\n");
  const quoted = JSON.stringify(findTellingLine(result.output));
  if (diskFull.test(text))
    return new Failure(
      `${what} failed: the disk is full (${quoted}). Free some space and run this again; what is finished is kept.`,
    );
  if (wrongChecksum.test(text))
    return new Failure(
      `${what} failed: a downloaded file has a wrong checksum, so it was not used (whole output: ${log}). Run this again; if it stays, the registry or a proxy changes files.`,
    );
  if (cutOff.test(text))
    return new Failure(
      `${what} failed: the connection broke off (${quoted}). Run this again; it goes on where it stopped.`,
    );
  if (unreachable.test(text))
    return new Failure(
      `${what} failed: the package registry cannot be reached (${quoted}). Check the network, proxy and registry settings of pip and npm and run this again; what is finished is kept.`,
    );
  return new Failure(
    `${what} failed (exit code ${result.code}): ${quoted}. Look into its whole output, ${log}, and run this again.`,
  );
}

/** The last line that says something, errors first. */
export function findTellingLine(output) {
  const lines = output.filter((line) => !noise.test(line)).map((line) => line.trim());
  const errors = lines.filter((line) =>
    /\berr(or)?\b|failed|fatal|cannot|No space left/i.test(line),
  );
  return (errors.pop() ?? lines.pop() ?? "no output").slice(0, 300);
}
