/** Writes the tables of the sites crawled and the faults tried into lib/README.md. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/sites.mjs").then((sites) => sites.main());
