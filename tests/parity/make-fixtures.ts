import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic, writeJson } from "mrl/common";
import { findBaseModel } from "mrl/encoder";
import { hostileTexts } from "./hostile-texts";
import { askPeer } from "./peer";
import { createTinyRequest, fixtureFolder, removeTiny, writeTinyPeer } from "./tiny-request";

/**
 * Writes the fixtures that hold Python's answers for the tests: hostile-tokens.json, hostile-tokens-mpnet.json, tiny-bert and tiny-mpnet.
 * Run: node tests/.build/parity/make-fixtures.js <python with sentence-transformers>
 */
function makeFixtures(python: string): void {
  const work = path.join(process.cwd(), "environment", ".cache", "parity", "fixtures");
  for (const kind of ["bert", "mpnet"] as const) {
    const { folder, mark } = writeTinyPeer(kind);
    askPeer(python, work, createTinyRequest(folder));
    removeTiny(folder);
    const target = fixtureFolder(kind);
    fs.rmSync(target, { recursive: true, force: true });
    fs.cpSync(work, target, { recursive: true });
    fs.rmSync(path.join(target, "request.json"));
    writeJson(path.join(target, "model.json"), { sha256: mark });
  }
  writeTokens(python, work, "all-MiniLM-L6-v2", "hostile-tokens.json");
  writeTokens(python, work, "all-mpnet-base-v2", "hostile-tokens-mpnet.json");
}

function writeTokens(python: string, work: string, name: string, file: string): void {
  const texts = hostileTexts(120);
  const model = findBaseModel(name, process.cwd());
  const { tokens, versions } = askPeer(python, work, { model, dims: [], texts });
  // A text with its ids a line: a difference can be read.
  const lines = texts.map((text, i) => JSON.stringify([text.slice(0, 40), tokens[i]]));
  const made = `"versions": ${JSON.stringify(versions)}`;
  const content = `{${made},\n"tokens": [\n${lines.join(",\n")}\n]}\n`;
  writeFileAtomic(path.join(process.cwd(), "tests", "fixtures", file), content);
}

makeFixtures(process.argv[2]);
