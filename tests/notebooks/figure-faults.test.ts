import assert from "node:assert/strict";
import { test } from "node:test";
import { findFaults, plotlyType } from "./figure-faults";

const png = Buffer.from("89504e470d0a1a0a", "hex").toString("base64");
const layout = {
  title: { text: "Words on a page" },
  xaxis: { title: { text: "words on a page" }, gridcolor: "#dddddd" },
  yaxis: { title: { text: "pages" } },
};
const trace = { type: "bar", marker: { color: "#0072B2" } };
const shown = (traces: object[], changed: object = {}): Record<string, unknown> => ({
  [plotlyType]: { data: traces, layout: { ...layout, ...changed } },
  "image/png": png,
});

test("a figure with all it needs has no fault", () => {
  assert.deepEqual(findFaults(shown([trace])), []);
});

test("what a figure lacks is named", () => {
  const { "image/png": _, ...withoutPng } = shown([trace]);
  const cases: [Record<string, unknown>, RegExp][] = [
    [withoutPng, /has no PNG/],
    [shown([trace], { title: { text: " " } }), /no title/],
    [shown([trace], { yaxis: {} }), /has no name on yaxis/],
    [shown([trace], { xaxis: { title: { text: "x" } } }), /does not say what xaxis counts: "x"/],
    [shown([{ ...trace, yaxis: "y2" }]), /has no name on yaxis2/],
    [shown([{ ...trace, marker: { color: "red" } }]), /the colour red/],
    [shown([trace], { colorway: ["#1f77b4"] }), /the colour #1f77b4/],
    [{ "image/png": png }, /without a figure for JupyterLab/],
  ];
  for (const [data, expected] of cases) {
    const faults = findFaults(data);
    assert.equal(faults.length, 1, String(expected));
    assert.match(faults[0], expected);
  }
});
