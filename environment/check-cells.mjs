/** The notebooks' code cells: formatted by Prettier, type-checked strictly; `--fix` formats them. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/check-cells.mjs").then((cells) => cells.main(process.argv.slice(2)));
