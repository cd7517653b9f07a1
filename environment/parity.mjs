/** `npm run parity`: lays token ids, vectors, losses, gradients, updates and metrics beside Python's, live. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/parity.mjs").then((run) => run.main(process.argv.slice(2)));
