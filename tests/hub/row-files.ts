import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { HubServer } from "./hub-server";

/** Rows as a Parquet file whose columns are those of the first row; whole numbers as int64. */
export function toParquetFile(rows: readonly object[]): Buffer {
  const names = Object.keys(rows[0]);
  const columnData = names.map((name): ColumnSource => {
    const values = rows.map((row) => (row as Record<string, string | number>)[name]);
    const isNumber = typeof values[0] === "number";
    const data = isNumber ? values.map(BigInt) : values;
    return { name, type: isNumber ? "INT64" : "STRING", data };
  });
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

/** Rows as JSON Lines. */
export function toJsonlFile(rows: readonly object[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** Puts a public dataset on the server. */
export function addDataset(hub: HubServer, name: string, files: Record<string, Buffer>): void {
  const all = new Map([["README.md", Buffer.from("# A dataset\n")], ...Object.entries(files)]);
  hub.repos.set(`datasets/${name}`, { private: false, files: all, commits: 1 });
}
