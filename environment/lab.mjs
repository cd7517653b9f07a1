/** `npm run lab`: JupyterLab on this machine only, with the TypeScript kernel, in the notebooks' folder. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/lab.mjs").then((lab) => lab.main(process.argv.slice(2)));
