import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { autoPrecision, measurePrecision } from "mrl/encoder";

test("auto is what was written down, and f32 where nothing was", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-precision-"));
  const file = path.join(folder, "precision.json");
  assert.equal(autoPrecision(file), "f32");
  for (const precision of ["bf16", "f32"] as const) {
    fs.writeFileSync(file, JSON.stringify({ precision, gigaflops: { f32: 1, bf16: 1 } }));
    assert.equal(autoPrecision(file), precision);
  }
  fs.rmSync(folder, { recursive: true });
});

test("the measured choice is bf16 only where its products are a quarter faster", () => {
  const { precision, gigaflops } = measurePrecision();
  assert.ok(gigaflops.f32 > 0 && gigaflops.bf16 > 0);
  assert.equal(precision, gigaflops.bf16 / gigaflops.f32 > 1.25 ? "bf16" : "f32");
});
