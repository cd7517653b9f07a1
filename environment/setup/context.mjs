import * as path from "node:path";

/**
 * Where things lie and how commands are called, for every step of the set-up.
 * @param root the project's folder, absolute
 */
export function createContext(root, profile, env = process.env) {
  const cache = path.join(root, "environment", ".cache");
  const venv = path.join(root, "environment", "venv");
  return {
    root,
    profile,
    env,
    cache,
    venv,
    python: path.join(venv, "bin", "python"),
    temporary: path.join(cache, "tmp"),
    inRoot: (...parts) => path.join(root, ...parts),
    log: (name) => path.join(cache, "logs", `${name}.log`),
    requirements: (name) => path.join(root, "environment", "downloads", `${name}.txt`),
  };
}

/** How libtensorflow is named and fetched on each platform; only linux-x64 without a GPU is tested. */
const platforms = {
  "linux-x64": { wheel: "tensorflow-cpu", tag: "manylinux2014_x86_64", suffix: ".so.2" },
  "linux-arm64": { wheel: "tensorflow", tag: "manylinux2014_aarch64", suffix: ".so.2" },
  "darwin-arm64": { wheel: "tensorflow", tag: "macosx_12_0_arm64", suffix: ".2.dylib" },
};

/** The row of the table above for this machine, or undefined. */
export function findPlatform(name = `${process.platform}-${process.arch}`) {
  return platforms[name];
}

/** The names of the supported platforms. */
export const platformNames = Object.keys(platforms);
