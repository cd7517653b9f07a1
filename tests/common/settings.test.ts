import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { InputError, type SettingsChange, findRoot, loadSettings } from "mrl/common";

test("every profile is valid by its own rules, and sample is the default", () => {
  for (const profile of ["smoke", "sample", "seed"]) {
    assert.equal(loadSettings({}, { MRL_PROFILE: profile }).profile, profile);
  }
  assert.equal(loadSettings({}, {}).profile, "sample");
});

test("the work folder is data/work/<profile> in the project, from any folder in it", () => {
  const root = process.cwd();
  process.chdir("tests");
  try {
    const settings = loadSettings({}, { MRL_PROFILE: "smoke" });
    assert.equal(settings.root, root);
    assert.equal(settings.workDir, path.join(root, "data", "work", "smoke"));
  } finally {
    process.chdir(root);
  }
});

test("MRL_ROOT says where the project is, and without it a folder outside is refused", () => {
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "mrl-root-"));
  assert.equal(loadSettings({}, { MRL_ROOT: elsewhere }).root, elsewhere);
  const root = process.cwd();
  process.chdir(elsewhere);
  try {
    assert.throws(() => findRoot({}), /no project folder above .*; set MRL_ROOT to it/);
  } finally {
    process.chdir(root);
  }
});

test("environment variables override every type of setting", () => {
  const settings = loadSettings(
    {},
    {
      MRL_TRAINING_BATCH_SIZE: "16",
      MRL_TRAINING_LR: "5e-5",
      MRL_MODEL_DIMS: "384,128",
      MRL_PUBLISH_DRY_RUN: "false",
      MRL_SITE_START_URL: "https://docs.example.org/en/",
    },
  );
  assert.equal(settings.training.batchSize, 16);
  assert.equal(settings.training.lr, 5e-5);
  assert.deepEqual(settings.model.dims, [384, 128]);
  assert.equal(settings.publish.dryRun, false);
  assert.equal(settings.site.startUrl, "https://docs.example.org/en/");
  assert.equal(settings.training.epochs, 3); // the rest is the profile's
});

test("a change in the notebook beats the environment and leaves the profile as it was", () => {
  const env = { MRL_TRAINING_EPOCHS: "2" };
  assert.equal(loadSettings({ training: { epochs: 5 } }, env).training.epochs, 5);
  assert.equal(loadSettings({}, {}).training.epochs, 3);
});

const refusedVariables: [string, string, RegExp][] = [
  ["MRL_PROFILE", "large", /MRL_PROFILE is "large"; allowed are .*smoke/],
  ["MRL_TRAINING_EPOCHS", "abc", /training\.epochs is "abc"; allowed: a whole number from 1/],
  ["MRL_TRAINING_EPOCHS", "", /training\.epochs is ""; allowed/],
  ["MRL_TRAINING_EPOCHS", "1.5", /training\.epochs is 1\.5; allowed/],
  ["MRL_TRAINING_LR", "Infinity", /training\.lr is "Infinity"; allowed/],
  ["MRL_TRAINING_BATCH_SIZE", "1", /training\.batchSize is 1; allowed: .*no negatives/],
  ["MRL_MODEL_DIMS", "384,x", /model\.dims is \[384,"x"\]; allowed/],
  ["MRL_MODEL_DIMS", "128,384", /model\.dims is \[128,384\]; allowed: .*below the one before/],
  [
    "MRL_MODEL_SELECTION_DIM",
    "100",
    /model\.selectionDim is 100; allowed: one of model\.dims \(384/,
  ],
  ["MRL_MODEL_DEVICE", "tpu", /model\.device is "tpu"; allowed: auto, cpu, gpu/],
  ["MRL_PUBLISH_DRY_RUN", "yes", /publish\.dryRun is "yes"; allowed: true or false/],
  ["MRL_PUBLISH_MODEL_REPO", "no-slash", /publish\.modelRepo is "no-slash"; allowed: user\/name/],
  ["MRL_PUBLISHED_DATASET_REPO", "a/b/c", /published\.datasetRepo is "a\/b\/c"; .* user\/name/],
  ["MRL_SITE_START_URL", "ftp://a", /site\.startUrl is "ftp:\/\/a"; allowed: .*http/],
  ["MRL_SPLIT_OVERLAP_CHARS", "1000", /split\.overlapChars is 1000; .*below split\.chunkChars/],
  ["MRL_FILTER_MIN_QUESTION_PASSAGE", "1.1", /minQuestionPassage is 1\.1; allowed: a cosine/],
  ["MRL_SPLIT_ROWS_UNSEEN_PAGES", "0.95", /unseenPages \+ .* is 1; allowed: below 1 together/],
  ["MRL_TRAINING_BATCHSIZE", "16", /MRL_TRAINING_BATCHSIZE is no setting; .*_BATCH_SIZE/],
];

for (const [variable, value, message] of refusedVariables) {
  test(`${variable}=${value} is refused with its name, its value and what is allowed`, () => {
    assert.throws(
      () => loadSettings({}, { [variable]: value }),
      (error: Error) => error instanceof InputError && message.test(error.message),
    );
  });
}

const refusedChanges: [unknown, RegExp][] = [
  [{ training: { lr: "0.1" } }, /training\.lr is "0\.1"; allowed: a number/],
  [{ training: { learningRate: 1 } }, /training\.learningRate is no setting; training has epochs/],
  [{ trainning: { lr: 1 } }, /trainning is no section of the settings; there are site/],
  [{ training: 3 }, /training is 3; allowed: an object with epochs/],
  [{ model: { dims: [] } }, /model\.dims is \[\]; allowed/],
  [{ model: { base: 7 } }, /model\.base is 7; allowed: a name/],
];

for (const [change, message] of refusedChanges) {
  test(`the change ${JSON.stringify(change)} is refused`, () => {
    assert.throws(() => loadSettings(change as SettingsChange, {}), message);
  });
}
