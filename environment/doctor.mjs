/** `npm run doctor`: looks at this machine, the settings and what can be reached, and says what to do. */
import { checkNode } from "./setup/check-node.mjs";

checkNode();
import("./run/doctor.mjs").then((doctor) => doctor.main(process.argv.slice(2)));
