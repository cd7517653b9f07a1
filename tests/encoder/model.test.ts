import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import * as tf from "@tensorflow/tfjs-node-gpu";
import { InputError } from "mrl/common";
import { loadModel, type SentenceEncoder } from "mrl/encoder";
import { tiny, writeText, writeTinyModel, type Changes, type Kind } from "./tiny-model";

const kinds = ["bert", "mpnet"] as const;
const texts = [4, 1, 12, 7, 40].map((n, i) => writeText(n, i));
const folders: string[] = [];
after(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

async function open(kind: Kind, changes: Changes = {}): Promise<SentenceEncoder> {
  folders.push(writeTinyModel(kind, changes));
  return loadModel(folders.at(-1)!, { precision: "f32" });
}

function assertNear(found: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) < tolerance, `${i}: ${value}, ${expected[i]}`),
  );
}

for (const kind of kinds) {
  test(`${kind}: a vector has length 1 and differs from those of other texts`, async () => {
    const vectors = await (await open(kind)).encode(texts);
    assert.equal(vectors.length, texts.length);
    for (const vector of vectors) {
      const square = vector.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(square - 1) < 1e-5);
    }
    assert.equal(new Set(vectors.map((vector) => vector[0])).size, texts.length);
  });

  test(`${kind}: a text's vector does not depend on its neighbours, their padding or order`, async () => {
    const model = await open(kind);
    const together = await model.encode(texts);
    const reversed = await model.encode([...texts].reverse());
    const small = await model.encode(texts, { maxBatchTokens: 20 });
    for (const [i, text] of texts.entries()) {
      const [alone] = await model.encode([text]);
      assertNear(together[i], alone, 1e-5);
      assertNear(reversed[texts.length - 1 - i], alone, 1e-5);
      assertNear(small[i], alone, 1e-5);
    }
  });

  test(`${kind}: dim d gives the first d values, normalised anew`, async () => {
    const model = await open(kind);
    const whole = await model.encode(texts);
    for (const dim of [1, 5, tiny.hidden]) {
      const cut = await model.encode(texts, { dim });
      whole.forEach((vector, i) => {
        const slice = vector.slice(0, dim);
        const length = Math.hypot(...slice);
        assertNear(
          cut[i],
          slice.map((value) => value / length),
          1e-5,
        );
      });
    }
  });

  test(`${kind}: a saved model gives the same vectors when loaded, and the same weights`, async () => {
    const model = await open(kind);
    const name = model.parameters.names()[3];
    model.parameters.set(name, tf.mul(model.parameters.get(name), 1.5));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-saved-"));
    folders.push(folder);
    await model.save(folder);
    const loaded = await loadModel(folder, { precision: "f32" });
    assert.deepEqual(await loaded.encode(texts), await model.encode(texts));
    assert.deepEqual(loaded.parameters.read(), model.parameters.read());
    assert.deepEqual(loaded.config, model.config);
  });

  test(`${kind}: encoding leaves no tensors, and dispose frees all of the model's`, async () => {
    const before = tf.memory().numTensors;
    const model = await open(kind);
    await model.encode(texts);
    const held = tf.memory().numTensors;
    await model.encode(texts);
    assert.equal(tf.memory().numTensors, held);
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

test("changed weights change the vectors at once", async () => {
  const model = await open("bert");
  const [before] = await model.encode(["w1 w2"]);
  const name = "encoder.layer.0.attention.self.value.weight";
  model.parameters.set(name, tf.zerosLike(model.parameters.get(name)));
  assert.notDeepEqual((await model.encode(["w1 w2"]))[0], before);
});

test("an empty list gives an empty list; an empty text has a vector", async () => {
  const model = await open("bert");
  assert.deepEqual(await model.encode([]), []);
  assert.equal((await model.encode([""]))[0].length, tiny.hidden);
});

test("a prompt stands in front of every text", async () => {
  const model = await open("bert");
  assert.deepEqual(await model.encode(["w2"], { prompt: "w1 " }), await model.encode(["w1 w2"]));
});

test("progress ends at the number of texts, and a signal stops between micro-batches", async () => {
  const model = await open("bert");
  const seen: number[] = [];
  const stop = new AbortController();
  await model.encode(texts, { maxBatchTokens: 16, onProgress: (done) => seen.push(done) });
  // 16, 14, 9 + 6 and 3 tokens: a micro-batch holds as many texts as fit, without padding.
  assert.deepEqual(seen, [1, 2, 4, 5]);
  const stopping = model.encode(texts, {
    maxBatchTokens: 16,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  await assert.rejects(stopping, /enough/);
});

for (const dim of [0, 17, 2.5, -1, NaN]) {
  test(`dim ${dim} is refused and the allowed ones are named`, async () => {
    const model = await open("bert");
    const expected = { message: `dim is ${dim}; the model has dimensions 1 to ${tiny.hidden}` };
    await assert.rejects(model.encode(["w1"], { dim }), InputError);
    await assert.rejects(model.encode(["w1"], { dim }), expected);
  });
}
