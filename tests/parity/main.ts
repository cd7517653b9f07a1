import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic, writeJson } from "mrl/common";
import { findBaseModel, type SentenceEncoder } from "mrl/encoder";
import { compareModel, openModel } from "./compare-model";
import { compareVectors } from "./compare";
import { compareDataset } from "./compare-dataset";
import { askPeer, type PeerRequest } from "./peer";
import { holds, writeTable, type Row } from "./report";
import { createRequest } from "./request";

/**
 * Compares each model with Python live: node main.js <python> <model name>…
 * Prints the table of differences, writes it beside the answers, and fails where a bound is broken.
 */
async function main(python: string, names: string[]): Promise<number> {
  const folder = path.join(process.cwd(), "environment", ".cache", "parity");
  const tables: Record<string, { versions: object; rows: Row[] }> = {};
  for (const name of names) {
    tables[name] = await compareLive(python, name, path.join(folder, name));
    console.log(`\n${name}\n\n${writeTable(tables[name].rows)}`);
  }
  writeJson(path.join(folder, "parity.json"), tables);
  const parts = Object.entries(tables).map(
    ([name, { rows }]) => `## ${name}\n\n${writeTable(rows)}\n`,
  );
  writeFileAtomic(
    path.join(folder, "parity.md"),
    `# Differences from Python\n\n${parts.join("\n")}`,
  );
  const broken = Object.values(tables).flatMap(({ rows }) => rows.filter((row) => !holds(row)));
  console.log(
    `\n${broken.length} of the bounds broken. The table lies in ${folder}/parity.md and .json`,
  );
  return broken.length > 0 ? 1 : 0;
}

async function compareLive(
  python: string,
  name: string,
  folder: string,
): Promise<{ versions: object; rows: Row[] }> {
  const base = findBaseModel(name, process.cwd());
  const model = await openModel(base);
  const dims = [model.dim, 512, 256, 128, 64].filter((dim, i) => i === 0 || dim < model.dim);
  const request = createRequest(base, dims);
  console.log(`${name}: Python's part`);
  const answer = askPeer(python, folder, request);
  const rows: Row[] = [];
  const show = (more: Row[]): void => {
    rows.push(...more);
    console.log(`${name}: ${more.map(({ check }) => check).join(", ")}`);
  };
  await compareModel(model, request, answer, show);
  show(await compareSaved(python, model, request.embed!.slice(0, 100), path.join(folder, "saved")));
  model.dispose();
  return { versions: { ...answer.versions, node: process.version }, rows };
}

/** A trained model's folder, opened by Python at 256 dimensions; and the published dataset, where a run has left one. */
async function compareSaved(
  python: string,
  model: SentenceEncoder,
  texts: string[],
  folder: string,
): Promise<Row[]> {
  const saved = path.join(folder, "model");
  await model.save(saved);
  const dataset = findDataset();
  const request: PeerRequest = {
    ...{ model: saved, dims: [256], saved: { folder: saved, dim: 256, texts } },
    ...(dataset ? { dataset: path.join(dataset, "publish", "dataset") } : {}),
  };
  const answer = askPeer(python, path.join(folder, "answer"), request);
  fs.rmSync(saved, { recursive: true });
  const found = await model.encode(texts, { dim: 256 });
  return [
    ...compareVectors("saved folder at dim 256", found, answer.vectors.get("saved")!),
    ...(dataset ? [compareDataset(dataset, answer.dataset)] : []),
  ];
}

/** The folder of a run that has prepared its dataset for the Hub, the smallest run first. */
function findDataset(): string | undefined {
  const runs = ["smoke", "sample"].map((profile) => path.join("data", "work", profile));
  const found = runs.find((run) => fs.existsSync(path.join(run, "publish", "dataset")));
  if (!found)
    console.log("No published dataset to compare: npm start -- --profile smoke writes one");
  return found && path.resolve(found);
}

main(process.argv[2], process.argv.slice(3)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
