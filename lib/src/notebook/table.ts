import { InputError } from "../common/index";
import { displayBundle, escapeHtml } from "./display";
import { formatColumn } from "./table-numbers";

/** The part of a danfojs data frame that a table needs. */
export interface DataFrameLike {
  columns: string[];
  values: unknown[];
  index: (string | number)[];
}

/** How a table is shown. */
export interface TableOptions {
  /** Set above the table, with the number of rows. */
  title?: string;
  /** Decimals of the columns that hold a number that is not whole; 3 unless told. */
  digits?: number;
  /** The columns to show, in this order; all of them unless told. */
  columns?: string[];
  /** Shows the data frame's index, or the row numbers from 0, as a first column. */
  index?: boolean;
  /** Rows shown; the rest becomes "… n more". 25 unless told. */
  maxRows?: number;
  /** Characters of a text shown; 300 unless told. */
  maxChars?: number;
}

interface Grid {
  columns: string[];
  rows: unknown[][];
  index: (string | number)[];
}

/**
 * Shows rows, or a danfojs data frame, as a table: numbers to the right, texts to the left and escaped.
 * @param rows objects with one value a column, or a data frame
 * @throws InputError naming a column that is not there
 */
export function showTable(
  rows: readonly object[] | DataFrameLike,
  options: TableOptions = {},
): void {
  const html = renderTable(rows, options);
  const count = isDataFrame(rows) ? rows.values.length : rows.length;
  displayBundle({
    "text/html": html,
    "text/plain": `${options.title ?? "Table"} (${countRows(count)})`,
  });
}

/** The HTML that {@link showTable} shows. */
export function renderTable(
  rows: readonly object[] | DataFrameLike,
  options: TableOptions = {},
): string {
  const { title, digits = 3, maxRows = 25, maxChars = 300 } = options;
  const grid = toGrid(rows, options.columns);
  const shown = grid.rows.slice(0, maxRows);
  const columns = grid.columns.map((name, i) => ({
    name,
    ...formatColumn(
      shown.map((row) => row[i]),
      digits,
      maxChars,
    ),
  }));
  if (options.index) {
    columns.unshift({
      name: "",
      isNumeric: false,
      texts: grid.index.slice(0, maxRows).map(String),
    });
  }
  const head = columns.map(({ name, isNumeric }) => renderCell("th", name, isNumeric)).join("");
  const body = shown.map((_, r) =>
    columns.map(({ texts, isNumeric }) => renderCell("td", texts[r], isNumeric)).join(""),
  );
  return [
    "<table>",
    title === undefined ? "" : renderCaption(title, grid.rows.length),
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>${body.map((cells) => `<tr>${cells}</tr>`).join("\n")}`,
    renderRest(grid.rows.length - shown.length, columns.length),
    "</tbody></table>",
  ]
    .filter(Boolean)
    .join("\n");
}

function toGrid(rows: readonly object[] | DataFrameLike, wanted: string[] | undefined): Grid {
  const frame = isDataFrame(rows) ? rows : toFrame(rows);
  const places = (wanted ?? frame.columns).map((name) => {
    const place = frame.columns.indexOf(name);
    if (place >= 0) return place;
    throw new InputError(
      `The table has no column ${JSON.stringify(name)}; it has ${frame.columns.join(", ")}`,
    );
  });
  return {
    columns: places.map((place) => frame.columns[place]),
    rows: frame.values.map((row) => places.map((place) => (row as unknown[])[place])),
    index: frame.index,
  };
}

function toFrame(rows: readonly object[]): DataFrameLike {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const values = rows.map((row) => columns.map((name) => (row as Record<string, unknown>)[name]));
  return { columns, values, index: rows.map((_, i) => i) };
}

function isDataFrame(rows: readonly object[] | DataFrameLike): rows is DataFrameLike {
  return !Array.isArray(rows);
}

/** GitHub drops styles and keeps `align`; JupyterLab's style sheet sets all to the right and needs the style. */
function renderCell(tag: "th" | "td", text: string, isNumeric: boolean): string {
  const side = isNumeric ? 'align="right"' : 'style="text-align:left"';
  return `<${tag} ${side}>${escapeHtml(text)}</${tag}>`;
}

function renderCaption(title: string, count: number): string {
  return `<caption style="text-align:left; white-space:nowrap"><b>${escapeHtml(title)}</b> (${countRows(count)})</caption>`;
}

function renderRest(count: number, width: number): string {
  if (count <= 0) return "";
  return `<tr><td colspan="${width}" style="text-align:left">… ${count} more</td></tr>`;
}

function countRows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}
