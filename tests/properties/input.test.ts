import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test, { after, before } from "node:test";
import fc from "fast-check";
import { InputError, loadSettings, type RunSettings, type SettingsChange } from "mrl/common";
import { pageFileName } from "mrl/corpus";
import { readSafetensors, writeSafetensors, type Weights } from "mrl/encoder";
import { check } from "./check";

/** Thousands of files are flushed to disk: in memory, where there is such a folder. */
const fast = fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir();
let folder: string;
before(() => (folder = fs.mkdtempSync(path.join(fast, "mrl-properties-"))));
after(() => fs.rmSync(folder, { recursive: true }));

/** Counts what became of inputs, so that a property that only ever refuses, or never does, is seen. */
class Tally {
  private read = 0;
  private refused = 0;

  /** What `act` returns, or undefined when it refuses its input in the way meant for people. */
  unlessRefused<T>(act: () => T): T | undefined {
    try {
      const result = act();
      this.read++;
      return result;
    } catch (error) {
      assert.ok(error instanceof InputError, `${String(error)} is no InputError`);
      assert.ok(error.message.length > 10);
      this.refused++;
      return undefined;
    }
  }

  assertBoth(): void {
    assert.ok(this.read > 20 && this.refused > 20, `${this.read} read, ${this.refused} refused`);
  }
}

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const tensor: fc.Arbitrary<Weights> = shape.chain((sizes) => {
  const length = sizes.reduce((product, n) => product * n, 1);
  return fc
    .float32Array({ minLength: length, maxLength: length })
    .map((data) => ({ shape: sizes, data }));
});
const tensors = fc.uniqueArray(fc.tuple(fc.string({ unit: "binary" }), tensor), {
  selector: ([name]) => name,
  maxLength: 6,
});

test("any tensors, whatever their names, come back from a safetensors file as they were", () => {
  const file = path.join(folder, "whole.safetensors");
  check(
    fc.property(tensors, (list) => {
      const named = list.filter(([name]) => name !== "__metadata__");
      writeSafetensors(file, named);
      assert.deepEqual(new Map(readSafetensors(file)), new Map(named));
    }),
  );
});

test("a safetensors file with any bytes changed or cut off is read or refused, never more", () => {
  const tally = new Tally();
  const file = path.join(folder, "broken.safetensors");
  const change = fc.tuple(fc.nat(), fc.nat(255));
  check(
    fc.property(tensors, fc.array(change, { maxLength: 5 }), fc.nat(), (list, changes, cut) => {
      writeSafetensors(file, list);
      const bytes = fs.readFileSync(file);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      fs.writeFileSync(file, bytes.subarray(0, bytes.length - (cut % 3 ? 0 : cut % bytes.length)));
      const read = tally.unlessRefused(() => readSafetensors(file)) ?? new Map<string, Weights>();
      const values = [...read.values()].reduce((sum, { data }) => sum + data.length, 0);
      assert.ok(4 * values <= bytes.length, "more values than the file has room for");
    }),
  );
  tally.assertBoth();
});

test("a safetensors file with any header is read or refused, never more", () => {
  const tally = new Tally();
  const file = path.join(folder, "header.safetensors");
  const number = fc.oneof(fc.integer({ min: -2, max: 40 }), fc.double());
  const entry = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F32", "F16", "BF16", "I64", "U8"), fc.string()),
      shape: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
      data_offsets: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const header = fc.oneof(
    fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())),
    fc.jsonValue(),
  );
  check(
    fc.property(header, (value) => {
      const json = Buffer.from(JSON.stringify(value));
      const prefix = Buffer.alloc(8);
      prefix.writeBigUInt64LE(BigInt(json.length));
      fs.writeFileSync(file, Buffer.concat([prefix, json, Buffer.alloc(40)]));
      tally.unlessRefused(() => readSafetensors(file));
    }),
  );
  tally.assertBoth();
});

const profile = fc.constantFrom("smoke", "sample", "seed");
const defaults = loadSettings({}, { MRL_ROOT: "/" });
const sections = Object.entries(defaults).filter(([, value]) => typeof value === "object");
const leaves = sections.flatMap(([section, values]) =>
  Object.keys(values as object).map((key) => [section, key] as const),
);
const text = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom("true", "", "1,2"));

test("any values of environment variables give settings of the right types, or are refused", () => {
  const tally = new Tally();
  const toName = (camel: string): string => camel.replace(/[A-Z]/g, "_$&").toUpperCase();
  const variable = fc
    .tuple(fc.constantFrom(...leaves), text)
    .map(([[section, key], value]) => [`MRL_${toName(section)}_${toName(key)}`, value]);
  check(
    fc.property(profile, fc.array(variable, { maxLength: 3 }), (name, variables) => {
      const set = Object.fromEntries(variables) as NodeJS.ProcessEnv;
      const env = { ...set, MRL_PROFILE: name, MRL_ROOT: "/" };
      assertTyped(tally.unlessRefused(() => loadSettings({}, env)));
    }),
  );
  tally.assertBoth();
});

test("any change gives settings of the right types, or is refused, and touches nothing else", () => {
  const tally = new Tally();
  const key = fc.oneof(
    fc.constantFrom("__proto__", "constructor", "toString", "profile", "root"),
    fc.string(),
  );
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 2 });
  const known = fc
    .tuple(fc.constantFrom(...leaves), anything)
    .map(([[section, name], value]) => ({ [section]: { [name]: value } }));
  const unknown = fc
    .tuple(key, anything)
    .map(([name, value]) => Object.defineProperty({}, name, { value, enumerable: true }));
  const before = Object.getOwnPropertyNames(Object.prototype);
  check(
    fc.property(fc.oneof(known, unknown), (change) => {
      assertTyped(
        tally.unlessRefused(() => loadSettings(change as SettingsChange, { MRL_ROOT: "/" })),
      );
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
      assert.deepEqual(loadSettings({}, { MRL_ROOT: "/" }), defaults);
    }),
  );
  tally.assertBoth();
});

/** Every setting has the type of the default's, numbers are finite, and there is no other. */
function assertTyped(settings: RunSettings | undefined): void {
  if (!settings) return;
  for (const [section, key] of leaves) {
    const of = (all: RunSettings): unknown =>
      (all as unknown as Record<string, Record<string, unknown>>)[section][key];
    assert.equal(typeof of(settings), typeof of(defaults), `${section}.${key}`);
    if (typeof of(settings) === "number") assert.ok(Number.isFinite(of(settings)));
  }
  assert.deepEqual(Object.keys(settings), Object.keys(defaults));
}

test("any two pages have files of their own, safe on every disk", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webPath({ size: "medium" }),
    fc.constantFrom("../", "%2e%2e/", "\0", "CON", "a".repeat(300), "index.html", "\\", "%"),
  );
  const page = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  check(
    fc.property(page, page, (one, other) => {
      const [name, second] = [pageFileName(one), pageFileName(other)];
      assert.match(name, /^[a-z0-9][a-z0-9-]{0,76}\.txt$/);
      assert.equal(name === second, one === other);
      assert.equal(pageFileName(one), name);
    }),
  );
});
