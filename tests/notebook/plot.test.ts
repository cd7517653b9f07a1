import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { palette, renderPng, showPlot } from "mrl/notebook";
import { inKernel } from "./fake-kernel";

const layout = {
  title: "NDCG@10 (n = 263 questions)",
  xaxis: { title: "dimension (values)" },
  yaxis: { title: { text: "NDCG@10" }, range: [0, 1] },
};
const data = [
  { x: [64, 128], y: new Float32Array([0.1, 0.2]), mode: "lines+markers", name: "base" },
];

const sizeOf = (png: Buffer): number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];

/** The colours of a PNG with a palette, as `#RRGGBB`. */
function coloursOf(png: Buffer): string[] {
  const at = png.indexOf("PLTE");
  assert.ok(at > 0, "the PNG has no palette");
  const table = png
    .subarray(at + 4, at + 4 + png.readUInt32BE(at - 4))
    .toString("hex")
    .toUpperCase();
  return (table.match(/.{6}/g) ?? []).map((colour) => `#${colour}`);
}

test("a figure is shown as plotly JSON and as a PNG at once", async () => {
  const [output] = await inKernel(() => showPlot(data, layout));
  const plot = output.data["application/vnd.plotly.v1+json"] as {
    data: { y: number[] }[];
    layout: Record<string, { title: { text: string } }>;
  };
  // a typed array has become an array; 0.1 as a float32 is 0.10000000149 and is cut to six digits
  assert.deepEqual(plot.data[0].y, [0.1, 0.2]);
  assert.deepEqual(plot.layout.title, {
    text: layout.title,
    x: 0.02,
    xanchor: "left",
    font: { size: 17 },
  });
  assert.equal(plot.layout.xaxis.title.text, "dimension (values)");
  assert.equal(plot.layout.yaxis.title.text, "NDCG@10");
  assert.deepEqual(plot.layout.colorway, palette);
  const png = Buffer.from(String(output.data["image/png"]), "base64");
  assert.deepEqual(sizeOf(png), [1080, 630]);
  assert.deepEqual(output.metadata["image/png"], { alt: layout.title, width: 720 });
  assert.equal(output.data["text/plain"], `Figure: ${layout.title}`);
});

test("a long list of numbers is stored as bytes, and drawn all the same", async () => {
  const y = Array.from({ length: 100 }, (_, i) => i / 4);
  const names = y.map((value) => `p${value}`);
  const [output] = await inKernel(() => showPlot([{ x: names, y, mode: "markers" }], layout));
  type Packed = { x: string[]; y: { dtype: string; bdata: string } };
  const plot = output.data["application/vnd.plotly.v1+json"] as { data: Packed[] };
  const [{ x: texts, y: packed }] = plot.data;
  assert.deepEqual(texts, names);
  assert.equal(packed.dtype, "f4");
  const bytes = Uint8Array.from(Buffer.from(packed.bdata, "base64"));
  assert.deepEqual(Array.from(new Float32Array(bytes.buffer)), y);
  const shown = async (points: number[]): Promise<Buffer> =>
    renderPng([{ y: points, mode: "markers" }], { ...layout, yaxis: { range: [0, 30] } });
  assert.notDeepEqual(await shown(y), await shown(y.map(() => -1)));
});

test("the PNG is drawn in the palette's colours and stays below 80 KB", async () => {
  const rows = palette
    .slice(0, 4)
    .map((_, i) => ({ x: [1, 2, 3], y: [i, i + 1, i], name: `run ${i}` }));
  const png = await renderPng(rows, layout);
  assert.ok(png.length < 80_000, `${png.length} bytes`);
  const colours = coloursOf(png);
  for (const colour of palette.slice(0, 4)) assert.ok(colours.includes(colour), colour);
});

test("figures asked for at once are drawn one after the other, each with its own size", async () => {
  const sizes = [300, 400, 500];
  const pngs = await Promise.all(
    sizes.map((width) => renderPng(data, { ...layout, width, height: 200 })),
  );
  assert.deepEqual(
    pngs.map(sizeOf),
    sizes.map((width) => [1.5 * width, 300]),
  );
});

test("a figure that cannot be drawn fails, and the next one is drawn", async () => {
  const world = [{ type: "scattergeo", lon: [1], lat: [1] }]; // needs a map from the network
  await assert.rejects(renderPng(world, layout), /could not be drawn as a PNG: kaleido says/);
  await assert.rejects(
    renderPng(data, { ...layout, width: 1e6, height: 1e6 }),
    /could not be drawn as a PNG; is its width or height too large/,
  );
  assert.deepEqual(sizeOf(await renderPng(data, layout)), [1080, 630]);
});

test("without kaleido the error says what to do", async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-plot-"));
  await assert.rejects(
    runScript({ MRL_ROOT: root }),
    /no kaleido below .*environment.*npm run setup/s,
  );
});

test("the drawing program does not keep the process alive", async () => {
  const { stdout } = await runScript({});
  const [width, secondsToExit] = stdout.trim().split(" ").map(Number);
  assert.equal(width, 1080);
  assert.ok(secondsToExit < 5, "it waited until kaleido had been idle for long");
});

/** Renders one figure in a process of its own; prints its width, and at exit the seconds since then. */
function runScript(env: NodeJS.ProcessEnv): Promise<{ stdout: string }> {
  const script = `require("mrl/notebook")
    .renderPng([{ y: [1, 2] }], { title: "a" })
    .then((png) => {
      const drawn = performance.now();
      process.on("exit", () => {
        console.log(png.readUInt32BE(16), (performance.now() - drawn) / 1000);
      });
    })`;
  return promisify(execFile)(process.execPath, ["-e", script], { env: { ...process.env, ...env } });
}

test("after an interrupt has ended the drawing program, the next figure is drawn", async () => {
  await renderPng(data, layout);
  const first = findKaleido();
  process.kill(Number(first), "SIGINT"); // JupyterLab interrupts the kernel's children too
  while (findKaleido() === first) await wait(20);
  assert.deepEqual(sizeOf(await renderPng(data, layout)), sizeOf(await renderPng(data, layout)));
  assert.notEqual(findKaleido(), first);
});

/** The process id of this process's kaleido; undefined where there is none, or its end has been noticed. */
function findKaleido(): string | undefined {
  const own = new RegExp(`^\\d+ \\(kaleido\\) \\S ${process.pid} `);
  return fs.readdirSync("/proc").find((id) => {
    const stat = path.join("/proc", id, "stat");
    return /^\d+$/.test(id) && fs.existsSync(stat) && own.test(fs.readFileSync(stat, "utf8"));
  });
}
