import * as path from "node:path";
import { type Chunk, InputError, type RunSettings, readJsonLines, sha256 } from "../common/index";
import { answerTokens } from "./answer-prompt";
import { countTokens } from "./count-tokens";
import { estimateQuestions, meanOf } from "./estimate-questions";
import { batchPrice, costOf, findPrice, readPrices } from "./prices";
import { readKnownRecords, recordKey } from "./question-file";
import { questionPromptHash } from "./question-prompt";
import type { TokenUsage } from "./types";
import { readVectorCost } from "./vector-store";

/** What one model is expected to be asked. */
export interface CostRow {
  what: "questions" | "embeddings" | "answers";
  model: string;
  calls: number;
  tokensIn: number;
  tokensOut: number;
  /** US dollars. */
  usd: number;
  hours: number;
}

/** What notebooks 03 and 04 are expected to cost from here on. */
export interface CostEstimate {
  pages: number;
  chunks: number;
  rows: CostRow[];
  /** US dollars of all rows. */
  usd: number;
  hours: number;
  /** US dollars that this profile has spent already. */
  spentUsd: number;
  /** Day on which the prices were read. */
  pricesOf: string;
}

/** Seconds from a request to its reply: an assumption for a model of GPT-4.1's size. */
const secondsPerReply = 5;
/** Longest time that the Batch API takes. */
const batchHours = 24;
const questionTokens = 20;
const textsPerEmbedding = 256;

/** Where the vectors of a paid embedding model are kept. */
export function embeddingFolder(settings: RunSettings): string {
  return path.join(settings.workDir, "embeddings");
}

/** US dollars that the questions and the embeddings of a profile have cost so far. */
export function readSpent(settings: RunSettings): { questions: number; embeddings: number } {
  const known = readKnownRecords(path.join(settings.workDir, "questions.jsonl"));
  const questions = [...known.values()].reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
  return { questions, embeddings: readVectorCost(embeddingFolder(settings)) };
}

/**
 * What is left to be asked, and what it will cost about, by the price table.
 * @throws InputError when `chunks.jsonl` is missing, or a model has no price
 */
export function estimateCost(settings: RunSettings): CostEstimate {
  const { questions, filter, workDir } = settings;
  const chunks = readJsonLines<Chunk>(path.join(workDir, "chunks.jsonl"), "notebook 02");
  if (chunks.length === 0)
    throw new InputError(`${workDir}/chunks.jsonl is empty; check notebook 02`);
  const rows = [estimateAsking(chunks, settings)];
  if (questions.source === "openai" && filter.embedder !== "base")
    rows.push(estimateEmbedding(chunks, settings));
  const sum = (key: "usd" | "hours"): number => rows.reduce((total, row) => total + row[key], 0);
  const spent = readSpent(settings);
  return {
    pages: new Set(chunks.map(({ page }) => page)).size,
    chunks: chunks.length,
    rows,
    ...{ usd: sum("usd"), hours: sum("hours") },
    spentUsd: spent.questions + spent.embeddings,
    pricesOf: readPrices().asOf,
  };
}

function estimateAsking(chunks: readonly Chunk[], settings: RunSettings): CostRow {
  const { model, batch, concurrency, requestsPerMinute } = settings.questions;
  const known = readKnownRecords(path.join(settings.workDir, "questions.jsonl"));
  const texts = new Map(chunks.map((chunk) => [sha256(chunk.text), chunk]));
  const pending = [...texts].filter(
    ([hash]) => !known.has(recordKey({ sha256: hash, model, promptHash: questionPromptHash })),
  );
  const { calls, ...tokens } = estimateQuestions(pending.map(([, chunk]) => chunk));
  const price = findPrice(model, baseUrlOf(settings));
  const perMinute = Math.min((60 / secondsPerReply) * concurrency, requestsPerMinute || Infinity);
  const hours = batch && calls > 0 ? batchHours : calls / perMinute / 60;
  const usd = costOf(tokens, batch ? batchPrice(price) : price);
  return toRow("questions", model, calls, tokens, usd, hours);
}

function estimateEmbedding(chunks: readonly Chunk[], settings: RunSettings): CostRow {
  const { embedder } = settings.filter;
  const perChunk = meanOf(chunks, ({ text }) => countTokens(text)) + 4 * questionTokens;
  const tokens = { prompt: Math.round(perChunk * chunks.length), completion: 0 };
  const requests = Math.ceil((5 * chunks.length) / textsPerEmbedding);
  const usd = costOf(tokens, findPrice(embedder, baseUrlOf(settings)));
  const left = Math.max(0, usd - readVectorCost(embeddingFolder(settings)));
  return toRow("embeddings", embedder, requests, tokens, left, (requests * secondsPerReply) / 3600);
}

/**
 * What notebook 08 will cost each time it runs: it asks some six questions with the passages of two models.
 * @throws InputError when the model has no price
 */
export function estimateAnswers(settings: RunSettings): CostRow {
  const { model } = settings.questions;
  const calls = 14;
  const tokens = { prompt: 1000 * calls, completion: answerTokens * calls };
  const usd = costOf(tokens, findPrice(model, baseUrlOf(settings)));
  return toRow("answers", model, calls, tokens, usd, (calls * secondsPerReply) / 3600);
}

function toRow(
  what: CostRow["what"],
  model: string,
  calls: number,
  tokens: TokenUsage,
  usd: number,
  hours: number,
): CostRow {
  return { what, model, calls, tokensIn: tokens.prompt, tokensOut: tokens.completion, usd, hours };
}

function baseUrlOf({ questions: { source, baseUrl } }: RunSettings): string {
  return source === "replay" ? "http://127.0.0.1" : baseUrl || "https://api.openai.com/v1";
}
