import { readRows } from "./summary.mjs";

const panels = [
  { set: "unseen", title: "NDCG@10, unseen pages" },
  { set: "seen", title: "NDCG@10, seen passages" },
];
const lines = [
  { key: "base", color: "#8a8f98", name: "base model" },
  { key: "tuned", color: "#d9480f", name: "tuned model" },
];
const plot = { width: 320, height: 220, left: 44, top: 48, gap: 64 };

/** A picture of NDCG@10 by dimension, largest first as in notebook 07, base against tuned, one panel a test set. @returns {string} SVG */
export function drawResults(results) {
  const sets = panels.map((panel) => ({ ...panel, rows: readRows(results, panel.set) }));
  const values = sets.flatMap(({ rows }) => rows.flatMap((row) => [row.base, row.tuned]));
  const low = Math.floor(Math.min(...values) * 10 - 0.3) / 10;
  const high = Math.ceil(Math.max(...values) * 10 + 0.3) / 10;
  const toY = (value) => plot.top + (plot.height * (high - value)) / (high - low);
  const width = 2 * plot.left + 2 * plot.width + plot.gap;
  const height = plot.top + plot.height + 84;
  const body = sets.map((panel, i) =>
    drawPanel(panel, plot.left + i * (plot.width + plot.gap), toY, { low, high }),
  );
  return drawPicture(width, height, "NDCG@10 of the base and the tuned model by dimension", [
    ...body,
    ...drawLegend(width, height - 16),
  ]);
}

/** @returns {string} SVG of a white picture with a title for those who cannot see it */
export function drawPicture(width, height, title, body) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, rows }, left, toY, { low, high }) {
  const toX = (i) => left + 24 + ((plot.width - 48) * i) / Math.max(1, rows.length - 1);
  const bottom = plot.top + plot.height;
  const grid = [];
  for (let tenth = Math.round(low * 10); tenth <= Math.round(high * 10); tenth++) {
    const y = toY(tenth / 10).toFixed(1);
    grid.push(`<path d="M${left} ${y}h${plot.width}" stroke="#e3e5e8"/>`);
    grid.push(text(left - 8, Number(y) + 4, (tenth / 10).toFixed(1), 'text-anchor="end"'));
  }
  const ticks = rows.map(({ dim }, i) => text(toX(i), bottom + 20, dim, 'text-anchor="middle"'));
  const drawn = lines.map(({ key, color }) =>
    drawLine(
      color,
      rows.map((row, i) => [toX(i), toY(row[key])]),
    ),
  );
  return drawFrame({ ...plot, left, title, below: "dimensions" }, [...grid, ...ticks, ...drawn]);
}

/** What is drawn in a panel, with the panel's title above and the name of its lower axis below. */
export function drawFrame({ left, top, width, height, title, below }, drawn) {
  return [
    text(left, top - 22, title, 'font-size="15" font-weight="bold"'),
    ...drawn,
    text(left + width / 2, top + height + 42, below, 'text-anchor="middle"'),
  ].join("\n");
}

/** A line through points, with a dot at each. */
export function drawLine(color, points) {
  const places = points.map((point) => point.map((value) => value.toFixed(1)));
  return [
    `<polyline points="${places.join(" ")}" fill="none" stroke="${color}" stroke-width="2.5"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${color}"/>`),
  ].join("\n");
}

function drawLegend(width, y) {
  return lines.map(({ color, name }, i) => {
    const x = width / 2 - 130 + 140 * i;
    const mark = `<path d="M${x} ${y - 4}h24" stroke="${color}" stroke-width="2.5"/>`;
    return `${mark}<circle cx="${x + 12}" cy="${y - 4}" r="4" fill="${color}"/>${text(x + 32, y, name)}`;
  });
}

export function text(x, y, content, attributes = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}
