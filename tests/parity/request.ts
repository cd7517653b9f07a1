import * as path from "node:path";
import { createRandom, readJsonLines, sha256 } from "mrl/common";
import { planEpoch, type Pair } from "mrl/training";
import { hostileTexts } from "./hostile-texts";
import type { PeerRequest, PlainSet, TrainingPlan } from "./peer";

interface Chunk {
  page: string;
  text: string;
}

interface Recorded {
  sha256: string;
  qa: { question: string }[];
}

/** The sample's chunks with their recorded questions. */
function readSample(): { chunks: Chunk[]; questions: string[][] } {
  const folder = path.join(process.cwd(), "data", "sample");
  const chunks = readJsonLines<Chunk>(path.join(folder, "chunks.jsonl"));
  const recorded = readJsonLines<Recorded>(path.join(folder, "questions.jsonl"));
  const byText = new Map(recorded.map(({ sha256, qa }) => [sha256, qa.map((x) => x.question)]));
  return { chunks, questions: chunks.map(({ text }) => byText.get(sha256(text))!) };
}

/** A question of each of the sample's chunks, with its passage. */
export function readSamplePairs(): Pair[] {
  const { chunks, questions } = readSample();
  return chunks.map(({ text }, chunkId) => ({ question: questions[chunkId][0], text, chunkId }));
}

/**
 * The comparison of a real model: 2,000 texts as token ids, 386 as vectors, four pairs' gradients, ten updates of
 * twice two pairs, 100 questions over 100 passages of which each page's are relevant together, and a corpus of copies.
 */
export function createRequest(model: string, dims: number[]): PeerRequest {
  const { chunks, questions } = readSample();
  const passages = chunks.map(({ text }) => text);
  const hostile = hostileTexts(314);
  const prose = [...passages, ...questions.flat()].slice(0, 2000 - hostile.length);
  const pairs = readSamplePairs();
  return {
    model,
    dims,
    texts: [...prose, ...hostile],
    embed: [
      ...passages.slice(0, 40),
      ...questions.slice(0, 160).map(([q]) => q),
      ...hostile.slice(0, 186),
    ],
    batch: pairs.slice(0, 4),
    training: planTraining(pairs.slice(40, 80)),
    retrieval: pageSet(chunks.slice(0, 100), questions),
    ties: copiedSet(passages.slice(200, 240), questions.slice(200, 240)),
    schedules: [1, 2, 9, 10, 11, 41, 180, 1000].flatMap((updates) =>
      [0, 0.1, 0.33, 0.9].map((warmup) => ({ updates, warmup })),
    ),
  };
}

/** Ten updates of one epoch, each of two batches of two pairs. */
export function planTraining(pairs: Pair[]): TrainingPlan {
  const batchSize = 2;
  const texts = pairs.slice(0, 20).map(({ text }) => text);
  const batches = planEpoch(pairs, batchSize, 42, 0);
  return { pairs, batches, batchSize, accumulation: 2, lr: 2e-5, warmup: 0, texts };
}

/** Relevant to a question is every chunk of its page. */
function pageSet(chunks: Chunk[], questions: string[][]): PlainSet {
  const set: PlainSet = { queries: {}, corpus: {}, relevant: {} };
  chunks.forEach(({ text }, i) => (set.corpus[`c${i}`] = text));
  chunks.slice(0, 100).forEach(({ page }, i) => {
    set.queries[`q${i}`] = questions[i][1];
    const same = chunks.flatMap((chunk, at) => (chunk.page === page ? [`c${at}`] : []));
    set.relevant[`q${i}`] = i % 3 === 0 ? [`c${i}`] : same;
  });
  return set;
}

/** One to five copies of each passage under ids in random order; relevant are some copies and some others. */
function copiedSet(passages: string[], questions: string[][]): PlainSet {
  const random = createRandom(11);
  const copies = passages.flatMap((text, i) =>
    Array.from({ length: 1 + random.integer(5) }, () => ({ text, i })),
  );
  const ids = random.shuffle(copies.map((_, i) => `p${i}`));
  const set: PlainSet = { queries: {}, corpus: {}, relevant: {} };
  copies.forEach(({ text }, at) => (set.corpus[ids[at]] = text));
  questions.forEach(([question], i) => {
    set.queries[`q${i}`] = question;
    const own = ids.filter((_, at) => copies[at].i === i);
    const others = random.shuffle(ids).slice(0, random.integer(4));
    set.relevant[`q${i}`] = [
      ...new Set([...own.slice(0, 1 + random.integer(own.length)), ...others]),
    ];
  });
  return set;
}
