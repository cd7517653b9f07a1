/**
 * Makes everything that `npm start` and `npm test` need; what is there already is skipped.
 * Usage: node environment/setup.mjs [--profile smoke|sample|seed] [--root <folder>]
 */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./setup/main.mjs").then((setup) => setup.main(process.argv.slice(2)));
