import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { type RoadStop, drawRoad } from "mrl/notebook";

const images = path.join(process.cwd(), "notebooks", "images");

test("the stored maps of the road are those that `npm run road` draws", async () => {
  const script = path.join(process.cwd(), "environment", "run", "road.mjs");
  const { listStops } = (await import(script)) as { listStops: (root: string) => RoadStop[] };
  const stops = listStops(process.cwd());
  assert.equal(stops.length, 9);
  assert.equal(fs.readFileSync(path.join(images, "road.svg"), "utf8"), drawRoad(stops));
  for (const { id } of stops) {
    const png = fs.readFileSync(path.join(images, `road-${id}.png`), "latin1");
    const source = createHash("sha256").update(drawRoad(stops, id)).digest("hex");
    assert.ok(png.includes(`Source\0${source}`), `road-${id}.png is out of date: npm run road`);
  }
});
