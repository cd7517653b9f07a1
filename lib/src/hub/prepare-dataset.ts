import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, type RunSettings } from "../common/index";
import { type PublishedFolder, writeFolderAtomic } from "./folder";

const sets = ["train", "validation", "seen", "unseen"];

/**
 * Writes `publish/dataset/`: the four sets as Parquet and JSON Lines, and the dataset card with the name that the
 * dataset will have on the Hub.
 * @throws InputError naming a file of `dataset/` that is missing and what writes it
 */
export function prepareDatasetFolder(settings: RunSettings): PublishedFolder {
  const source = path.join(settings.workDir, "dataset");
  const files = sets.flatMap((name) => [`${name}.jsonl`, `${name}.parquet`]);
  for (const name of [...files, "README.md"]) {
    const file = path.join(source, name);
    if (!fs.existsSync(file))
      throw new InputError(`${file} is missing; notebook 04 writes it: run that first`);
  }
  return writeFolderAtomic(path.join(settings.workDir, "publish", "dataset"), (folder) => {
    for (const name of files) fs.copyFileSync(path.join(source, name), path.join(folder, name));
    const card = fs.readFileSync(path.join(source, "README.md"), "utf8");
    const named = card.replaceAll("path/to/this/folder", settings.publish.datasetRepo);
    fs.writeFileSync(path.join(folder, "README.md"), named);
  });
}
