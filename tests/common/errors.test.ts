import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError, describeError, throwIfAborted } from "mrl/common";

test("an error is described with the causes behind it", () => {
  const refused = new Error("connect ECONNREFUSED 127.0.0.1:9");
  const failed = new TypeError("fetch failed", { cause: refused });
  assert.equal(describeError(failed), "fetch failed: connect ECONNREFUSED 127.0.0.1:9");
  assert.equal(describeError(new RangeError()), "RangeError");
  assert.equal(describeError("a text"), "a text");
});

test("an input error is told apart by its class and name", () => {
  const error = new InputError("x is 1");
  assert.ok(error instanceof InputError && error instanceof Error);
  assert.equal(String(error), "InputError: x is 1");
});

test("an aborted signal throws its own reason, a missing one never", () => {
  throwIfAborted(undefined);
  throwIfAborted(new AbortController().signal);
  const reason = new Error("interrupted");
  assert.throws(
    () => throwIfAborted(AbortSignal.abort(reason)),
    (error) => error === reason,
  );
});
