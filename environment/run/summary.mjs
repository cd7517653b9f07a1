import * as fs from "node:fs";
import * as path from "node:path";
import { formatBytes, formatSeconds } from "../shared/status-line.mjs";

const setTitles = {
  unseen: "Unseen pages: questions about pages that training never saw",
  seen: "Seen passages: new questions about passages that training knows",
};

/** The table base → tuned of NDCG@10 for both test sets, as lines; none where a result is missing. */
export function describeResults(file) {
  if (!fs.existsSync(file)) return [];
  const results = JSON.parse(fs.readFileSync(file, "utf8"));
  if (!results.base || !results.tuned) return [];
  return Object.entries(setTitles).flatMap(([set, title]) => {
    const rows = readRows(results, set);
    if (rows.length === 0) return [];
    const count = results.queries?.[set];
    const head = `${title}${count === undefined ? "" : ` (n = ${count})`}`;
    const lines = rows.map(({ dim, base, tuned }) => {
      const gain = tuned - base;
      const numbers = [base, tuned].map((value) => value.toFixed(3).padStart(8));
      return `  ${String(dim).padStart(5)} ${numbers.join(" ")}  ${gain < 0 ? "" : "+"}${gain.toFixed(3)}`;
    });
    return ["", head, "   dims     base    tuned    gain  (NDCG@10)", ...lines];
  });
}

/** NDCG@10 of one test set by dimension, largest first. */
export function readRows(results, set) {
  const base = results.base?.[set] ?? {};
  const tuned = results.tuned?.[set] ?? {};
  return Object.keys(base)
    .map((key) => ({ key, dim: Number(/^dim_(\d+)_cosine_ndcg@10$/.exec(key)?.[1]) }))
    .filter(({ key, dim }) => dim && typeof tuned[key] === "number")
    .sort((a, b) => b.dim - a.dim)
    .map(({ key, dim }) => ({ dim, base: base[key], tuned: tuned[key] }));
}

/** Where everything lies, of what is there. */
export function describePlaces(root, workDir) {
  const places = [
    ["notebooks", "Notebooks and HTML"],
    ["model", "Model"],
    ["dataset", "Dataset"],
    ["publish", "Ready to publish"],
  ];
  return places
    .filter(([name]) => fs.existsSync(path.join(workDir, name)))
    .map(
      ([name, title]) => `${title.padEnd(19)} ${path.relative(root, path.join(workDir, name))}/`,
    );
}

/** The line that stays for one notebook. */
export function describeNotebook(notebook, { seconds, peakBytes }) {
  const memory = peakBytes ? ` · ${formatBytes(peakBytes)} at most` : "";
  return `  ${notebook.title.padEnd(32)} ${formatSeconds(seconds)}${memory}`;
}
