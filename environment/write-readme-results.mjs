/** Writes the table and the picture of a run into README.md; `--profile` says of which run (sample). */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/readme.mjs").then((readme) => readme.main(process.argv.slice(2)));
