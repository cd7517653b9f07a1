import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { loadModel, type SentenceEncoder } from "mrl/encoder";
import { writeText, writeTinyModel, type Changes, type Kind } from "./tiny-model";

const kinds = ["bert", "mpnet"] as const;
const texts = [4, 1, 12, 7].map((n, i) => writeText(n, i));
const prompts = {
  prompts: { query: "w1 w2 ", document: "", passage: "w3 ", title: "w4 " },
  default_prompt_name: "title",
};
const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

async function open(kind: Kind, changes: Changes = {}): Promise<SentenceEncoder> {
  folders.push(writeTinyModel(kind, changes));
  return loadModel(folders.at(-1)!, { precision: "f32" });
}

for (const kind of kinds) {
  for (const pooling of [{ pooling_mode_cls_token: true }, { pooling_mode: "cls" }]) {
    test(`${kind}: where no token sees another, ${JSON.stringify(pooling)} gives every text one vector, the mean does not`, async () => {
      // The values that attention mixes are zero, so the first token's vector depends on nothing but itself.
      const weights: Changes["weights"] = (all) =>
        all.forEach(
          ({ data }, name) => /(value|attn\.v)\.(weight|bias)$/.test(name) && data.fill(0),
        );
      const first = await (await open(kind, { pooling, weights })).encode(texts);
      first.forEach((vector) =>
        vector.forEach((x, i) => assert.ok(Math.abs(x - first[0][i]) < 1e-6)),
      );
      const mean = await (await open(kind, { weights })).encode(texts);
      assert.equal(new Set(mean.map((vector) => vector[0].toFixed(4))).size, texts.length);
    });
  }

  test(`${kind}: a Normalize module changes nothing: vectors have length 1 without it`, async () => {
    const plain = await (await open(kind)).encode(texts);
    assert.deepEqual(await (await open(kind, { normalize: true })).encode(texts), plain);
  });
}

test("a text's role chooses the prompt in front of it", async () => {
  const model = await open("bert", { prompts });
  const bare = await open("bert");
  const cases = { query: "w1 w2 ", passage: "w3 ", plain: "w4 " } as const;
  for (const role of ["query", "passage", "plain"] as const) {
    const expected = await bare.encode([cases[role] + "w9"]);
    assert.deepEqual(await model.encode(["w9"], { role }), expected);
    assert.deepEqual(model.tokenise(["w9"], { role }), bare.tokenise([cases[role] + "w9"], {}));
    assert.deepEqual(await bare.encode(["w9"], { role }), await bare.encode(["w9"]));
  }
  assert.deepEqual(await model.encode(["w9"]), await model.encode(["w9"], { role: "plain" }));
});

test("a prompt that is given replaces the model's own, the empty one too", async () => {
  const model = await open("bert", { prompts });
  const bare = await open("bert");
  const given = await model.encode(["w9"], { role: "query", prompt: "w7 " });
  assert.deepEqual(given, await bare.encode(["w7 w9"]));
  assert.deepEqual(await model.encode(["w9"], { prompt: "" }), await bare.encode(["w9"]));
});

test("pooling, Normalize and prompts outlive save and load", async () => {
  const model = await open("bert", { pooling: { pooling_mode: "cls" }, normalize: true, prompts });
  folders.push(fs.mkdtempSync(path.join(os.tmpdir(), "mrl-saved-")));
  await model.save(folders.at(-1)!);
  const loaded = await loadModel(folders.at(-1)!, { precision: "f32" });
  assert.deepEqual(loaded.config, model.config);
  assert.equal(loaded.config.pooling, "cls");
  assert.equal(loaded.config.prompts.query, "w1 w2 ");
  const modules = fs.readFileSync(path.join(folders.at(-1)!, "modules.json"), "utf8");
  assert.match(modules, /Normalize/);
});
