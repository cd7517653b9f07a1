import * as fs from "node:fs";
import { hashText } from "../shared/hashes.mjs";
import { runCommand } from "../shared/run-command.mjs";
import { explainFailure } from "./explain.mjs";
import { readStamp, writeStamp } from "./stamps.mjs";

const script = `
const { measurePrecision } = require("mrl/encoder");
process.stdout.write(JSON.stringify(measurePrecision()) + "\\n");
`;

/** Step: measures once whether products in bfloat16 are faster here; `precision: "auto"` goes by it. */
export const precisionStep = {
  name: "precision",
  title: "Choice of precision",
  needBytes: 1e6,
  isFresh: (context) =>
    fs.existsSync(choiceFile(context)) && readStamp(stampFile(context)) === stampKey(context),
  async run(context) {
    const log = context.log("precision");
    const env = { ...context.env, TF_CPP_MIN_LOG_LEVEL: "2" };
    const options = { cwd: context.root, env, log };
    const result = await runCommand(process.execPath, ["-e", script], options);
    const line = result.output.findLast((one) => one.startsWith("{"));
    if (result.code || !line) throw explainFailure("Measuring the precisions", result, log);
    fs.writeFileSync(`${choiceFile(context)}.new`, line + "\n");
    fs.renameSync(`${choiceFile(context)}.new`, choiceFile(context));
    writeStamp(stampFile(context), stampKey(context));
  },
};

/** Read by `mrl/encoder`. */
function choiceFile(context) {
  return context.inRoot("lib", "precision.json");
}

function stampFile(context) {
  return `${context.cache}/precision.stamp`;
}

/** Measured anew with another library or another processor: both stand in the addon's stamp. */
function stampKey(context) {
  return hashText(readStamp(`${context.cache}/tfjs_binding.stamp`));
}
