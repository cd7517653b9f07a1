import assert from "node:assert/strict";
import { InputError } from "mrl/common";
import { loadModel } from "mrl/encoder";

/** Loading the folder fails, and the message holds all parts. */
export async function assertRefused(folder: string, ...parts: string[]): Promise<void> {
  await assert.rejects(loadModel(folder), (error: Error) => {
    assert.ok(error instanceof InputError, String(error));
    parts.forEach((part) => assert.ok(error.message.includes(part), error.message));
    return true;
  });
}
