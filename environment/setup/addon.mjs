import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Failure } from "../shared/failure.mjs";
import { hashText, hashTree } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure, findTellingLine } from "./explain.mjs";
import { pipEnv } from "./python.mjs";
import { readStamp, writeStamp } from "./stamps.mjs";
import { libraryNames, tensorflowFolder } from "./tensorflow.mjs";

const packageFolder = "node_modules/@tensorflow/tfjs-node-gpu";
const operations = "lib/native";
const product = `${packageFolder}/lib/napi-v8/tfjs_binding.node`;
const smokeTest = `
const tf = require("@tensorflow/tfjs-node-gpu");
const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]]));
const numbers = Array.from(product.dataSync()).join();
if (numbers !== "19,22,43,50") throw new Error("the product of two matrices is " + numbers);
`;

/** Step: the addon that ties TensorFlow to Node, compiled and tried with one product of matrices. */
export const addonStep = {
  name: "addon",
  title: "TensorFlow addon for Node",
  needBytes: (context) => (findSystemCompiler(context) ? 1e8 : 1e9),
  isFresh: (context) =>
    readStamp(stampFile(context)) === stampKey(context) && fs.existsSync(context.inRoot(product)),
  async run(context, report) {
    const copy = path.join(context.cache, "tfjs_binding.node");
    // npm deletes the addon with the package's folder: the copy is put back while it is still right.
    if (readStamp(stampFile(context)) !== stampKey(context) || !fs.existsSync(copy)) {
      const compiler = await findCompiler(context, report);
      report(`compiling with ${compiler.join(" ")}`);
      fs.rmSync(stampFile(context), { force: true });
      await compile(context, compiler, copy);
    }
    fs.mkdirSync(path.dirname(context.inRoot(product)), { recursive: true });
    fs.copyFileSync(copy, `${context.inRoot(product)}.new`);
    fs.renameSync(`${context.inRoot(product)}.new`, context.inRoot(product));
    report("multiplying two matrices");
    await tryOut(context);
    writeStamp(stampFile(context), stampKey(context));
  },
};

/** The command of a C++ compiler: of the system, else zig's, installed into the Python environment. */
export async function findCompiler(context, report) {
  const command = findSystemCompiler(context);
  if (command) return [command];
  report("no C++ compiler found; installing ziglang");
  const log = context.log("ziglang");
  const file = context.requirements("ziglang");
  const args = ["-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "-r", file];
  const onLine = (line) => report(line.trim());
  const result = await runCommand(context.python, args, { env: pipEnv(context), log, onLine });
  if (result.code === 0) return [context.python, "-m", "ziglang", "c++"];
  const reason = JSON.stringify(findTellingLine(result.output));
  throw new Failure(
    `No C++ compiler (g++, c++, clang++) was found, and ziglang in its place could not be installed (${reason}). On Debian or Ubuntu: apt install g++. Then run this again.`,
  );
}

/** The first C++ compiler on the PATH, or undefined. */
export function findSystemCompiler({ env }) {
  const works = (command) => spawnSync(command, ["--version"], { env }).status === 0;
  return ["g++", "c++", "clang++"].find(works);
}

async function compile(context, compiler, target) {
  const tensorflow = tensorflowFolder(context);
  const upToCache = "../../../../../environment/.cache/tensorflow";
  const origin = process.platform === "darwin" ? "@loader_path" : "$ORIGIN";
  const args = [
    ...["-O3", "-fPIC", "-shared", "-std=c++17", "-DNAPI_VERSION=8"],
    // Our own operations are loops that the compiler is to turn into this machine's vector instructions.
    ...[process.arch === "x64" ? "-march=native" : "-mcpu=native", "-fopenmp-simd"],
    ...["-fno-math-errno", "-fno-trapping-math"],
    ...["-I", context.inRoot("node_modules/node-api-headers/include")],
    ...["-I", ".", "-I", path.join(tensorflow, "include")],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"],
    ...listOperations(context),
    ...libraryNames().map((name) => path.join(tensorflow, name)),
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
    `-Wl,-rpath,${origin}/${upToCache}`,
    ...["-o", `${target}.new`],
  ];
  const log = context.log("addon");
  // zig keeps its own C++ library compiled.
  const zig = path.join(context.cache, "zig");
  const env = { ...context.env, ZIG_GLOBAL_CACHE_DIR: zig, ZIG_LOCAL_CACHE_DIR: zig };
  const options = { cwd: context.inRoot(packageFolder), env, log };
  const result = await runCommand(compiler[0], [...compiler.slice(1), ...args], options);
  if (result.code) throw explainFailure("Compiling the TensorFlow addon", result, log);
  fs.renameSync(`${target}.new`, target);
  fs.rmSync(zig, { recursive: true, force: true });
}

/** The sources of the operations that `mrl` adds to TensorFlow. */
function listOperations(context) {
  const folder = context.inRoot(operations);
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".cc"));
  return names.sort().map((name) => path.join(folder, name));
}

async function tryOut(context) {
  const log = context.log("addon-test");
  const env = { ...context.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const options = { cwd: context.root, env, log };
  const result = await runCommand(process.execPath, ["-e", smokeTest], options);
  if (result.code === 0) return;
  const reason = JSON.stringify(findTellingLine(result.output));
  throw new Failure(
    `The TensorFlow addon was compiled but does not work (${reason}; whole output: ${log}). Remove environment/.cache/tensorflow and run this again.`,
  );
}

function stampFile(context) {
  return path.join(context.cache, "tfjs_binding.stamp");
}

function stampKey(context) {
  const tensorflow = readStamp(path.join(tensorflowFolder(context), ".matryoshka-search"));
  const sources = hashTree(context.root, [`${packageFolder}/binding`, operations]);
  // Compiled for this very processor: another one gets its own.
  const machine = [process.platform, process.arch, os.cpus()[0]?.model];
  return hashText([tensorflow, sources, ...machine].join("\n"));
}
