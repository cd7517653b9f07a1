import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Failure } from "../shared/failure.mjs";
import { hashTree } from "../shared/hashes.mjs";
import { findPlatform, platformNames } from "./context.mjs";
import { downloadWheels, dropDownloads, unpackWheels } from "./download.mjs";
import { readStamp, swapFolder, writeStamp } from "./stamps.mjs";

/** Step: TensorFlow's C library with its headers, out of the wheel for Python. */
export const tensorflowStep = {
  name: "tensorflow",
  title: "TensorFlow library",
  needBytes: (context) => (wantsGpu(context) ? 8e9 : 1.3e9),
  isFresh: (context) => {
    const folder = tensorflowFolder(context);
    return (
      readStamp(path.join(folder, ".matryoshka-search")) === stampKey(context) &&
      fs.existsSync(path.join(folder, libraryNames()[0]))
    );
  },
  async run(context, report) {
    const { wheel, tag } = choosePlatform(context);
    const key = stampKey(context);
    const platform = ["--platform", tag, "--python-version", "3.11"];
    const wheels = await downloadWheels(context, wheel, "TensorFlow", report, platform);
    const fresh = `${tensorflowFolder(context)}.new`;
    fs.rmSync(fresh, { recursive: true, force: true });
    report("unpacking");
    const patterns = ["tensorflow/libtensorflow*", "tensorflow/include/*"];
    await unpackWheels(context, wheels, fresh, { patterns, strip: "tensorflow/" });
    if (wheel === "tensorflow-gpu") {
      // The library looks for CUDA beside itself (its run path begins with $ORIGIN).
      const cuda = { patterns: ["nvidia/*/lib/*.so*"], strip: "*" };
      await unpackWheels(context, wheels, fresh, cuda);
    }
    writeStamp(path.join(fresh, ".matryoshka-search"), key);
    swapFolder(fresh, tensorflowFolder(context));
    dropDownloads(context, wheel);
  },
};

/** Where the library and its headers lie. */
export function tensorflowFolder(context) {
  return path.join(context.cache, "tensorflow");
}

/** File names of the two libraries that the addon is linked with. */
export function libraryNames() {
  const { suffix } = findPlatform() ?? { suffix: ".so.2" };
  return [`libtensorflow_cc${suffix}`, `libtensorflow_framework${suffix}`];
}

function choosePlatform(context) {
  const platform = findPlatform();
  if (!platform)
    throw new Failure(
      `There is no TensorFlow build for ${process.platform}-${process.arch}; supported are ${platformNames.join(", ")}. Use one of those machines, or a Linux container on this one.`,
    );
  return wantsGpu(context) ? { ...platform, wheel: "tensorflow-gpu" } : platform;
}

let gpuAnswers;

/** True where the set-up takes the CUDA build of TensorFlow. */
export function wantsGpu({ env }) {
  if (env.MRL_MODEL_DEVICE === "cpu" || `${process.platform}-${process.arch}` !== "linux-x64")
    return false;
  gpuAnswers ??= spawnSync("nvidia-smi", ["-L"], { env, timeout: 10_000 }).status === 0;
  return gpuAnswers;
}

function stampKey(context) {
  const { wheel } = choosePlatform(context);
  return `${wheel} ${hashTree(context.root, [`environment/downloads/${wheel}.txt`])}`;
}
