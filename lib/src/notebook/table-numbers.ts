/** A column as it is shown. */
export interface FormattedColumn {
  /** True where every value that is there is a number: such a column is set to the right. */
  isNumeric: boolean;
  texts: string[];
}

/**
 * The texts of a column. Where one number is not whole all get the same decimals, so that the points align.
 * @param digits decimals of such a column
 * @param maxChars longer texts are cut and end in "…"
 */
export function formatColumn(
  values: readonly unknown[],
  digits: number,
  maxChars: number,
): FormattedColumn {
  const present = values.filter((value) => !isMissing(value));
  const isNumeric = present.length > 0 && present.every((value) => typeof value === "number");
  const decimals = present.every((value) => Number.isInteger(value)) ? 0 : digits;
  const texts = values.map((value) => {
    if (isMissing(value)) return "–";
    if (typeof value === "number") return formatNumber(value, isNumeric ? decimals : digits);
    const text = toText(value);
    return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  });
  return { isNumeric, texts };
}

/** Below this a value is what rounding has left of a zero. */
const ROUNDING = 1e-15;

/** A number with so many decimals; one that they would make zero is written with two significant digits. */
function formatNumber(exact: number, decimals: number): string {
  if (!Number.isFinite(exact)) return String(exact);
  const value = Math.abs(exact) < ROUNDING ? 0 : exact;
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals) return value.toPrecision(2);
  const useGrouping = Math.abs(value) >= 10_000;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping,
  });
}

function isMissing(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "number" && Number.isNaN(value))
  );
}

function toText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
