import * as path from "node:path";
import { InputError, readJson } from "../common/index";
import type { TokenUsage } from "./types";

/** What a model costs, in US dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** The table of prices: one file, dated, to be edited when prices change. */
export interface PriceTable {
  /** Day on which the prices were read. */
  asOf: string;
  source: string;
  /** How far the prices can be relied on, and how to change one. */
  note: string;
  models: Record<string, Price>;
}

/** Where the table lies; a change needs no build. */
export const priceFile: string = path.join(__dirname, "..", "..", "prices.json");

/** What the Batch API takes of the usual price. */
export const batchShare = 0.5;

const free: Price = { input: 0, output: 0 };

/** Reads the table of prices. */
export function readPrices(file: string = priceFile): PriceTable {
  return readJson<PriceTable>(file);
}

/**
 * The price of a model; a dated name (`gpt-4.1-2025-04-14`) has that of the model. What answers on this machine is free
 * unless the table says otherwise.
 * @param baseUrl address of the server
 * @throws InputError for a model of another machine that the table does not have, or whose entry is no price
 */
export function findPrice(model: string, baseUrl: string, table: PriceTable = readPrices()): Price {
  const undated = model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  const price =
    table.models[model] ?? table.models[undated] ?? (isLocal(baseUrl) ? free : undefined);
  if (!price)
    throw new InputError(
      `no price is known for "${model}"; add it to ${path.basename(priceFile)} in lib/, in dollars per million tokens ` +
        "(input and output; 0 for a server of your own)",
    );
  if (!(price.input >= 0 && price.output >= 0))
    throw new InputError(
      `${path.basename(priceFile)} gives "${model}" ${JSON.stringify(price)}; it needs input and output, from 0`,
    );
  return price;
}

/** Dollars for so many tokens. */
export function costOf(tokens: TokenUsage, price: Price): number {
  return (tokens.prompt * price.input + tokens.completion * price.output) / 1e6;
}

/** The price at the Batch API. */
export function batchPrice({ input, output }: Price): Price {
  return { input: input * batchShare, output: output * batchShare };
}

function isLocal(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
