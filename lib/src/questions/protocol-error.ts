/** Marks the replay server's refusals: their message holds the way out already. */
export const replayCode = "replay";

/** How OpenAI calls an account without credit, with the status of a limit that passes. */
export const noCredit = "insufficient_quota";

/** A request that the replay server refuses, with the HTTP status it answers with. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** The body in the shape of OpenAI's errors. */
  toBody(): Record<string, unknown> {
    const type = this.status >= 500 ? "server_error" : "invalid_request_error";
    return { error: { message: this.message, type, param: null, code: replayCode } };
  }
}
