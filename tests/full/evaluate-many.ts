/** Evaluates as many passages as its argument says (100,000 without) and prints the result with the process's peak memory, as JSON. */
import { evaluateRetrieval } from "mrl/evaluation";
import { drawQueries, drawVectors, size } from "./hundred-thousand";

async function main(): Promise<void> {
  const passages = drawVectors(Number(process.argv[2] ?? size.passages), 1);
  const queries = drawQueries(passages, 32);
  const corpus = new Map(passages.map((_, i) => [`p${i}`, `${i} ${"text ".repeat(150)}`]));
  const vectorOf = new Map([...corpus.values()].map((text, i) => [text, passages[i]]));
  queries.forEach((vector, q) => vectorOf.set(`query ${q}`, vector));
  const set = {
    queries: new Map(queries.map((_, q) => [`q${q}`, `query ${q}`])),
    corpus,
    relevant: new Map(queries.map((_, q) => [`q${q}`, new Set([`p${q * 100}`])])),
  };
  const model = {
    dim: size.dim,
    encode: async (texts: readonly string[]) => texts.map((text) => vectorOf.get(text)!),
  };
  const started = performance.now();
  const { metrics, evaluated } = await evaluateRetrieval(model, set, { dims: [size.dim, 64] });
  const seconds = (performance.now() - started) / 1000;
  const peakGb = process.resourceUsage().maxRSS / 1024 ** 2;
  console.log(JSON.stringify({ metrics, evaluated, seconds, peakGb }));
}

void main();
