import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { InputError, describeError } from "../common/index";
import { type RawRows, neededColumns } from "./question-rows";

/**
 * The rows of a downloaded file, `.parquet` or JSON Lines, unchecked. Of Parquet only the columns that are used are
 * unpacked.
 * @throws InputError naming repository and file: it cannot be read, or a column is missing
 */
export async function readRowFile(
  repo: string,
  file: string,
  content: ArrayBuffer,
): Promise<RawRows> {
  const isParquet = file.endsWith(".parquet");
  try {
    return { file, rows: isParquet ? await readParquet(content) : readJsonl(content) };
  } catch (error) {
    const form = isParquet ? "Parquet" : "JSON Lines";
    throw new InputError(
      `${repo}, ${file} cannot be read as ${form} (${describeError(error)}); ` +
        "set published.datasetRepo to another dataset",
    );
  }
}

async function readParquet(content: ArrayBuffer): Promise<unknown[]> {
  const metadata = parquetMetadata(content);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const missing = neededColumns.find((name) => !names.includes(name));
  if (missing) throw new Error(`it has no column ${missing}, only ${names.join(", ")}`);
  const columns = names.filter((name) => [...neededColumns, "page"].includes(name));
  return parquetReadObjects({ file: content, metadata, columns });
}

function readJsonl(content: ArrayBuffer): unknown[] {
  const lines = new TextDecoder("utf-8", { fatal: true }).decode(content).split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as unknown);
}
