/** Draws the map that heads each notebook, from the notebooks' own titles, into notebooks/images. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/road.mjs").then((run) => run.main(process.argv.slice(2)));
