import * as fs from "node:fs";
import * as path from "node:path";
import { Failure, runMain } from "../shared/failure.mjs";
import { chooseProfile, readOptions } from "../shared/options.mjs";
import { drawResults } from "./chart.mjs";
import { readRows } from "./summary.mjs";

const picture = "notebooks/results.svg";

/** The command: README.md gets the table and the picture of the results of a profile's last run. */
export function main(args) {
  return runMain(() => {
    const options = readOptions(args, { profile: "value", root: "value" });
    const root = options.root ?? path.join(import.meta.dirname, "..", "..");
    const profile = chooseProfile(options.profile, {});
    const file = path.join(root, "data", "work", profile, "results.json");
    if (!fs.existsSync(file))
      throw new Failure(`${file} is missing: npm start -- --profile ${profile} writes it.`);
    const results = JSON.parse(fs.readFileSync(file, "utf8"));
    if (!results.tuned)
      throw new Failure(
        `${file} has no tuned model yet: npm start -- --profile ${profile} adds it.`,
      );
    const readme = path.join(root, "README.md");
    // First what may refuse: without its markers nothing is written.
    writeSection(readme, "results", describe(results, profile));
    writeWhole(path.join(root, picture), drawResults(results));
    console.log(`${readme} and ${picture} show the results of the profile ${profile}.`);
  });
}

/** The table of both test sets with the picture above it, as Markdown. */
function describe(results, profile) {
  const [unseen, seen] = ["unseen", "seen"].map((set) => readRows(results, set));
  const count = (set) => results.queries?.[set] ?? "?";
  const rows = unseen.map(({ dim, base, tuned }, i) => {
    const cells = [dim, base, tuned, tuned - base, seen[i].base, seen[i].tuned];
    const texts = [...cells, seen[i].tuned - seen[i].base].map((value, column) => {
      if (column === 0) return String(value);
      return (column % 3 === 0 && value >= 0 ? "+" : "") + value.toFixed(3);
    });
    return `| ${texts.join(" | ")} |`;
  });
  return [
    `![NDCG@10 of the base and the tuned model by dimension, on both test sets](${picture})`,
    "",
    `NDCG@10 of questions about pages that training never saw (unseen, n = ${count("unseen")}) and of new questions about passages that it knows (seen, n = ${count("seen")}), as \`npm start\` printed it in the profile \`${profile}\`:`,
    "",
    "| dims | unseen: base | tuned | gain | seen: base | tuned | gain |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...describeBm25(results.bm25),
  ].join("\n");
}

/** What search by shared words scores on the same questions. */
function describeBm25(bm25) {
  if (!bm25) return [];
  const [unseen, seen] = [bm25.unseen, bm25.seen].map((metrics) => metrics["ndcg@10"].toFixed(3));
  return [
    "",
    `BM25, which knows no meaning and counts shared words, scores ${unseen} on the unseen and ${seen} on the seen questions: they were written with the passage in view and share its words.`,
  ];
}

/**
 * Puts `content` between the lines `<!-- name:begin -->` and `<!-- name:end -->` of a Markdown file.
 * @throws Failure where it has no such lines
 */
export function writeSection(file, name, content) {
  const [begin, end] = ["begin", "end"].map((side) => `<!-- ${name}:${side} -->`);
  const text = fs.readFileSync(file, "utf8");
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start)
    throw new Failure(
      `${path.basename(file)} lacks the lines ${begin} and ${end}: put them where the table is to stand.`,
    );
  writeWhole(file, `${text.slice(0, start + begin.length)}\n${content}\n${text.slice(stop)}`);
}

export function writeWhole(file, content) {
  fs.writeFileSync(`${file}.new`, content);
  fs.renameSync(`${file}.new`, file);
}
