// The pictures of the benchmark.
import { drawFrame, drawLine, drawPicture, text } from "../../environment/run/chart.mjs";

const colors = { ours: "#0072B2", peer: "#E69F00", grouped: "#999999" };
const titles = { train: "training step, 32 pairs", encode: "encoding chunks" };

/** A work in words. */
export function nameOf({ model, kind, precision }) {
  return `${model.replace("all-", "").split("-")[0]} ${titles[kind]}, ${precision}`;
}

/** Horizontal bars, shorter is better; each work on a scale of its own. @returns {string} SVG */
export function drawTimes(results) {
  const [left, width, row, top] = [250, 420, 22, 56];
  const heights = results.map(({ sides }) => Object.keys(sides).length * row + 20);
  const height = top + heights.reduce((sum, h) => sum + h, 0) + 10;
  let y = top;
  const body = results.flatMap(({ sides, ...work }, i) => {
    const longest = Math.max(...Object.values(sides).map(({ seconds }) => seconds));
    const bars = Object.entries(sides).map(([side, { seconds }], n) => {
      const color = colors[side] ?? colors.grouped;
      const at = y + n * row;
      const length = ((width * seconds) / longest).toFixed(1);
      const name = { ours: "mrl", peer: "sentence-transformers" }[side] ?? "grouped by length";
      return [
        `<rect x="${left}" y="${at}" width="${length}" height="${row - 5}" fill="${color}"/>`,
        text(left + Number(length) + 6, at + 13, `${seconds.toFixed(2)} s`),
        n === 0 ? text(12, at + 13, nameOf(work), 'font-weight="bold"') : "",
        n > 0 ? text(left - 8, at + 13, name, 'text-anchor="end" fill="#666"') : "",
      ].join("");
    });
    y += heights[i];
    return bars;
  });
  const title = "Seconds of mrl and sentence-transformers on the same work";
  const heading =
    "Seconds for the same work, shorter is better: mrl (blue), sentence-transformers (orange)";
  return drawPicture(left + width + 80, height, title, [
    text(12, 26, heading, 'font-size="15"'),
    ...body,
  ]);
}

const panel = { width: 280, height: 180, left: 60, top: 56, gap: 80 };

/** Time and memory by the number of chunks, both axes from zero. @returns {string} SVG */
export function drawScale(rows) {
  const time = [
    { name: "training, one epoch", color: colors.peer, of: ({ trainSeconds }) => trainSeconds },
    { name: "encoding", color: colors.ours, of: ({ encodeSeconds }) => encodeSeconds },
  ];
  const memory = [{ name: "", color: colors.ours, of: ({ peakBytes }) => peakBytes / 1e9 }];
  const width = 2 * (panel.left + panel.width) + panel.gap;
  return drawPicture(width, panel.top + panel.height + 60, "Time and memory by chunks", [
    drawPanel("Seconds", time, rows, panel.left),
    drawPanel("Gigabytes at most", memory, rows, panel.left + panel.width + panel.gap),
  ]);
}

/** A line for each of `series` over the number of chunks. */
function drawPanel(title, series, rows, left) {
  const bottom = panel.top + panel.height;
  const most = Math.max(...rows.map(({ chunks }) => chunks));
  const high = roundUp(Math.max(...series.flatMap(({ of }) => rows.map(of))));
  const toX = (chunks) => left + (panel.width * chunks) / most;
  const toY = (value) => bottom - (panel.height * value) / high;
  const grid = [0, 0.5, 1].map((share) => {
    const y = toY(share * high);
    const line = `<path d="M${left} ${y.toFixed(1)}h${panel.width}" stroke="#e3e5e8"/>`;
    return line + text(left - 8, y + 4, String(share * high), 'text-anchor="end"');
  });
  const ticks = rows.map(({ chunks }) =>
    text(toX(chunks), bottom + 20, String(chunks), 'text-anchor="middle"'),
  );
  const lines = series.map(({ name, color, of }) => {
    const points = rows.map((row) => [toX(row.chunks), toY(of(row))]);
    const [x, y] = points.at(-1);
    return drawLine(color, points) + text(x - 8, y - 12, name, 'text-anchor="end"');
  });
  return drawFrame({ ...panel, left, title, below: "chunks" }, [...grid, ...ticks, ...lines]);
}

/** The next of 1, 2, 4, 6, 8, 10 times a power of ten. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value);
}
