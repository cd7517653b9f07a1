import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { loadSettings } from "mrl/common";
import { openQuestionServer } from "mrl/questions";

test("the sample profile opens a loopback server that answers as recorded answers", async (t) => {
  const server = await openQuestionServer(loadSettings({}, { MRL_PROFILE: "sample" }));
  t.after(server.close);
  assert.match(server.client.baseURL, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  const models = await server.client.models.list();
  assert.deepEqual(
    models.data.map((model) => model.id),
    ["recorded-answers"],
  );
});

test("a paid model without a key is refused before any request, with the way out", async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-open-"));
  const settings = loadSettings({}, { MRL_PROFILE: "seed", MRL_ROOT: root });
  await assert.rejects(
    openQuestionServer(settings, { env: {} }),
    /OPENAI_API_KEY is not set.*\.env.*MRL_PROFILE=sample/,
  );
  fs.writeFileSync(path.join(root, ".env"), "OPENAI_API_KEY=sk-from-the-file\n");
  const { client } = await openQuestionServer(settings, { env: {} });
  assert.deepEqual(
    [client.apiKey, client.baseURL],
    ["sk-from-the-file", "https://api.openai.com/v1"],
  );
});

test("the key comes from the environment, and the address from the settings", async () => {
  const baseUrl = "http://127.0.0.1:9/v1";
  const settings = loadSettings({ questions: { baseUrl } }, { MRL_PROFILE: "seed" });
  const server = await openQuestionServer(settings, {
    env: { OPENAI_API_KEY: "sk-test-12345678" },
  });
  assert.deepEqual([server.client.baseURL, server.client.apiKey], [baseUrl, "sk-test-12345678"]);
  assert.ok(!server.description.includes("sk-test"));
});

test("recordings are not passed off as another model's answers", async () => {
  const settings = loadSettings({ questions: { model: "gpt-4.1" } }, { MRL_PROFILE: "sample" });
  await assert.rejects(openQuestionServer(settings), /only "recorded-answers" answers/);
});
