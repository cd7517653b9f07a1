/** `npm start`: sets up what is missing, runs the nine notebooks and prints what training gave; see `--help`. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/main.mjs").then((run) => run.main(process.argv.slice(2)));
