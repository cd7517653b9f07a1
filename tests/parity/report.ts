/** One line of the table of differences. */
export interface Row {
  /** What is compared. */
  check: string;
  /** Of what, or where it is greatest. */
  detail: string;
  difference: number;
  bound: number;
}

/** True where the difference stays within its bound; a NaN does not. */
export function holds({ difference, bound }: Row): boolean {
  return difference <= bound;
}

/** The table as Markdown. */
export function writeTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.check,
    row.detail,
    formatSmall(row.difference),
    formatSmall(row.bound),
    holds(row) ? "yes" : "NO",
  ]);
  const all = [["compared", "detail", "difference", "bound", "within"], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  const lines = all.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function formatSmall(value: number): string {
  return value === 0 ? "0" : value.toExponential(1);
}
