import { sectionOf } from "../corpus/index";
import type { Figure } from "../questions/index";
import { type DatasetSplit, setNames } from "./types";

/** How many rows of each section of the site went into which set, as stacked bars. */
export function drawSplit(split: DatasetSplit): Figure {
  const rows = setNames.flatMap((set) => split[set]);
  const sections = [...new Set(rows.map((row) => sectionOf(row.page)))].sort();
  const data = setNames.map((set) => {
    const counts = sections.map(
      (section) => split[set].filter((row) => sectionOf(row.page) === section).length,
    );
    return { type: "bar", orientation: "h", name: set, x: counts, y: sections };
  });
  return {
    data,
    layout: {
      title: `Where ${rows.length} rows went`,
      barmode: "stack",
      xaxis: { title: "rows" },
      yaxis: { title: "section of the site", autorange: "reversed" },
    },
  };
}
