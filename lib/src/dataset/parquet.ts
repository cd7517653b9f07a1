import { parquetWriteBuffer } from "hyparquet-writer";
import type { QuestionRow } from "../common/index";

/** The columns of the dataset in order, with their Parquet types. */
export const columns: readonly { name: keyof QuestionRow; type: "INT64" | "STRING" }[] = [
  { name: "global_chunk_id", type: "INT64" },
  { name: "text", type: "STRING" },
  { name: "question_id", type: "INT64" },
  { name: "question", type: "STRING" },
  { name: "answer", type: "STRING" },
  { name: "page", type: "STRING" },
];

/** Rows as the bytes of a Parquet file (Snappy): whole numbers as int64, texts as UTF-8, nothing null. */
export function toParquet(rows: readonly QuestionRow[]): Uint8Array {
  const columnData = columns.map(({ name, type }) => ({
    name,
    type,
    nullable: false,
    data: rows.map((row) => (type === "INT64" ? BigInt(row[name]) : row[name])),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
