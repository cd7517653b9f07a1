import * as path from "node:path";
import type OpenAI from "openai";
import {
  type Chunk,
  type EmbedFunction,
  InputError,
  type RunSettings,
  readSecret,
} from "../common/index";
import { createClient } from "./create-client";
import { recordedModel } from "./recordings";
import { startReplayServer } from "./replay-server";

/** A server to ask, ready for use. */
export interface QuestionServer {
  client: OpenAI;
  /** The model to ask for. */
  model: string;
  /** Dollars that may be spent, `questions.maxUsd`. */
  maxUsd: number;
  /** Where it is and who answers, in one line. */
  description: string;
  /** To be called at the end; stops the replay server where there is one. */
  close: () => Promise<void>;
}

/** What the replay can be given beside the settings. */
export interface OpenServerOptions {
  /** Serves embeddings too, under the base model's name. */
  embed?: EmbedFunction;
  /** The chunks that will be asked about: the first `questions.spoiledReplies` get a spoiled first reply. */
  chunks?: readonly Chunk[];
  env?: NodeJS.ProcessEnv;
}

/**
 * The server that the settings name: recorded answers on loopback (`replay`), or any server that speaks
 * OpenAI's protocol (`openai`), with the key OPENAI_API_KEY from the environment or `.env`.
 * @throws InputError when the key is missing, or a model is named that the recordings are not
 */
export async function openQuestionServer(
  settings: RunSettings,
  options: OpenServerOptions = {},
): Promise<QuestionServer> {
  return settings.questions.source === "replay"
    ? openReplay(settings, options)
    : openRemote(settings, options.env ?? process.env);
}

async function openReplay(
  settings: RunSettings,
  { embed, chunks }: OpenServerOptions,
): Promise<QuestionServer> {
  const { model, maxUsd, spoiledReplies } = settings.questions;
  if (model !== recordedModel)
    throw new InputError(
      `questions.model is "${model}", but with questions.source "replay" only "${recordedModel}" answers; ` +
        'for a real model set questions.source to "openai"',
    );
  const server = await startReplayServer({
    recordings: path.join(settings.root, "data", "sample", "questions.jsonl"),
    embed,
    embedModel: settings.model.base,
    spoiled: chunks ? chunks.slice(0, spoiledReplies).map((chunk) => chunk.text) : spoiledReplies,
  });
  return {
    client: createClient({ baseUrl: server.url, apiKey: "none" }),
    ...{ model, maxUsd },
    description: `${model}, replayed by a server on loopback`,
    close: server.close,
  };
}

async function openRemote(settings: RunSettings, env: NodeJS.ProcessEnv): Promise<QuestionServer> {
  const { model, baseUrl, maxUsd, requestsPerMinute } = settings.questions;
  const apiKey = readSecret("OPENAI_API_KEY", { root: settings.root, env });
  // A server of one's own often asks for no key; api.openai.com always does.
  if (!apiKey && !baseUrl)
    throw new InputError(
      "OPENAI_API_KEY is not set; put the key into the environment or into .env (see .env.example), or take the " +
        "sample's recorded answers (MRL_PROFILE=sample)",
    );
  const client = createClient({ baseUrl, apiKey: apiKey || "none", requestsPerMinute });
  const description = `${model} at ${new URL(client.baseURL).host}`;
  return { client, model, maxUsd, description, close: async () => {} };
}
