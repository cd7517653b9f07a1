/** `npm test`: sets up, then types, lint, units, and all notebooks at smoke size; `--full`: what takes long. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/tests.mjs").then((run) => run.main(process.argv.slice(2)));
