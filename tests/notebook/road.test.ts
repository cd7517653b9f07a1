import assert from "node:assert/strict";
import { test } from "node:test";
import { drawRoad, renderRoad } from "mrl/notebook";

const stops = [
  { id: "01", title: "Crawl the docs", writes: "pages/" },
  { id: "02", title: "Ask & answer", writes: "" },
  { id: "03", title: "Publish" },
];
const [passed, here, ahead] = ["#0072B2", "#D55E00", "#999999"];

/** The fill of each stop's circle, from the left. */
const fills = (svg: string): string[] =>
  [...svg.matchAll(/<circle [^>]*fill="([^"]*)"/g)].map(([, fill]) => fill);
const strokes = (svg: string): string[] =>
  [...svg.matchAll(/<line [^>]*stroke="([^"]*)"/g)].map(([, stroke]) => stroke);

test("what lies behind, the present stop and what lies ahead look different", () => {
  const svg = drawRoad(stops, "02");
  assert.deepEqual(fills(svg), [passed, here, "#ffffff"]);
  assert.deepEqual(strokes(svg), [passed, ahead]);
  assert.match(svg, /<title>The road; here: 02 Ask &amp; answer<\/title>/);
});

test("without a present stop all are alike", () => {
  assert.deepEqual(new Set(fills(drawRoad(stops))), new Set([passed]));
});

test("a stop's words and what it hands on stand in the picture, line by line", () => {
  const texts = [...drawRoad(stops).matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text);
  assert.deepEqual(texts, [
    "pages/",
    "01",
    "Crawl the",
    "docs",
    "02",
    "Ask &amp; answer",
    "03",
    "Publish",
  ]);
});

test("a stop that is not on the road is refused with those that are", () => {
  assert.throws(() => drawRoad(stops, "10"), /no stop "10" on the road; there are 01, 02, 03/);
});

test("the picture shows the marked stop's colour and knows its source", async () => {
  const png = await renderRoad(stops, "02");
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1920, 300]);
  const at = png.indexOf("PLTE");
  const colours = png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)).toString("hex");
  assert.ok(colours.includes("d55e00"));
  assert.match(png.toString("latin1"), /tEXtSource\0[0-9a-f]{64}/);
});
