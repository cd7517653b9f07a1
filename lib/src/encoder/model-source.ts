import * as fs from "node:fs";
import * as path from "node:path";
import { InputError } from "../common/index";

/**
 * The folder of a base model: `name` itself where it is a folder, else what the set-up has fetched.
 * @throws InputError when it is nowhere
 */
export function findBaseModel(name: string, root: string): string {
  const fetched = path.join(root, "environment", ".cache", "models", path.basename(name));
  for (const folder of [path.resolve(root, name), fetched]) {
    if (fs.existsSync(path.join(folder, "config.json"))) return folder;
  }
  throw new InputError(
    `the base model ${name} is neither a folder nor fetched; run "npm run setup", or set model.base`,
  );
}
