import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSettings } from "mrl/common";
import { showBanner, showHtml, showMarkdown } from "mrl/notebook";
import { inKernel } from "./fake-kernel";

test("the banner says what is used and no path of the machine", async () => {
  const settings = loadSettings(
    { model: { base: "/home/me/models/tiny" } },
    { MRL_PROFILE: "smoke" },
  );
  const [output] = await inKernel(() => showBanner(settings, { device: "cpu", precision: "bf16" }));
  assert.equal(
    output.data["text/plain"],
    "profile smoke · device cpu · precision bf16 · base model tiny · writes to data/work/smoke",
  );
  assert.ok(!JSON.stringify(output).includes(settings.root));
});

test("without a model the banner tells the settings' device and precision", async () => {
  const [output] = await inKernel(() => showBanner(loadSettings({}, { MRL_PROFILE: "smoke" })));
  assert.match(String(output.data["text/plain"]), /device auto · precision auto/);
});

test("Markdown and HTML arrive under their own mime types", async () => {
  const outputs = await inKernel(() => {
    showMarkdown("**a**");
    showHtml("<b>a</b>");
  });
  assert.deepEqual(
    outputs.map(({ data }) => data["text/markdown"] ?? data["text/html"]),
    ["**a**", "<b>a</b>"],
  );
});

test("an inset document has lower headings and its code as it was", async () => {
  const text = "# A\n\n```py\n# b\n```\n## C\n";
  const [output] = await inKernel(() => showMarkdown(text, { inset: true }));
  const shown = "---\n\n### A\n\n```py\n# b\n```\n#### C\n\n---";
  assert.equal(output.data["text/markdown"], shown);
});

test("outside a kernel nothing is shown and nothing fails", () => {
  showMarkdown("**a**");
  showHtml("<b>a</b>");
  showBanner(loadSettings({}, { MRL_PROFILE: "smoke" }));
});
