import assert from "node:assert/strict";
import * as http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { makeFolder, runNode, withoutRegistry, type Ended } from "./run-script";

const folder = makeFolder();
const server = http.createServer((request, response) => {
  const isKnown = request.headers.authorization === "Bearer right-key";
  response.statusCode = request.url === "/v1/models" ? (isKnown ? 200 : 401) : 404;
  response.end("{}");
});
let address = "";

before(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => void server.close());

/** The doctor, with no registry in reach and no key of whoever runs the tests. */
function consult(variables: NodeJS.ProcessEnv): Promise<Ended> {
  const env: NodeJS.ProcessEnv = { ...withoutRegistry(folder), OPENAI_API_KEY: "", HF_TOKEN: "" };
  return runNode(["environment/doctor.mjs"], { ...env, MRL_PROFILE: "smoke", ...variables });
}

test("where the set-up is complete nothing stands in the way, registry or not", async () => {
  const { code, stdout, stderr } = await consult({});
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr, "");
  const titles = ["Platform", "Node", "Python", "C++ compiler", "Device", "Memory", "Disk"];
  for (const title of [...titles, "Site", "Questions", "Publishing"])
    assert.match(stdout, new RegExp(`^  . ${title.replace(/\+/g, "\\+")} `, "m"));
  assert.match(stdout, /✔ Set-up +complete/);
  assert.match(stdout, /• npm packages +cannot be reached\n +→ needed only for/);
});

test("a live model without a key, and a publication without a token, are named with the way out", async () => {
  const live = { MRL_QUESTIONS_SOURCE: "openai", MRL_PUBLISH_DRY_RUN: "false" };
  const { code, stdout } = await consult(live);
  assert.equal(code, 1);
  assert.match(stdout, /✖ Questions .*OPENAI_API_KEY is not set\n +→ export OPENAI_API_KEY/);
  assert.match(stdout, /✖ Publishing .*HF_TOKEN is not set/);
  assert.match(stdout, /2 to mend first/);
});

test("a key is tried on its server, and is not shown", async () => {
  const live = { MRL_QUESTIONS_SOURCE: "openai", MRL_QUESTIONS_BASE_URL: `${address}/v1` };
  const right = await consult({ ...live, OPENAI_API_KEY: "right-key" });
  assert.match(right.stdout, /✔ Questions .*takes the key/);
  const wrong = await consult({ ...live, OPENAI_API_KEY: "wrong-key" });
  assert.match(wrong.stdout, /✖ Questions .*answers with status 401\n +→ check OPENAI_API_KEY/);
  assert.equal(wrong.code, 1);
  assert.doesNotMatch(right.stdout + wrong.stdout, /(right|wrong)-key/);
});

test("a wrong setting and a site that is not there are named", async () => {
  const { code, stdout } = await consult({ MRL_TRAINING_BATCH_SIZE: "1" });
  assert.equal(code, 1);
  assert.match(stdout, /✖ Settings +training\.batchSize is 1/);
  const site = { MRL_PROFILE: "sample", MRL_SITE_START_URL: `${address}/docs/` };
  assert.match((await consult(site)).stdout, /✖ Site .*\/docs\/ answers with status 404/);
});
