/** `npm run site`: the notebooks as a static HTML site that works offline; see `--help`. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/site.mjs").then((site) => site.main(process.argv.slice(2)));
