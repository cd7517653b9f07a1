import * as fs from "node:fs";

/** All processes: id, parent's id and resident bytes. Empty where there is no /proc. */
export function listProcesses() {
  if (!fs.existsSync("/proc/self/stat")) return [];
  const ids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    const stat = readQuietly(`/proc/${id}/stat`);
    if (!stat) return [];
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{ id: Number(id), parent: Number(fields[1]), bytes: Number(fields[21]) * 4096 }];
  });
}

/** A process and all below it. */
export function listTree(rootId, processes = listProcesses()) {
  const tree = processes.filter((one) => one.id === rootId);
  for (let i = 0; i < tree.length; i++) {
    tree.push(...processes.filter((one) => one.parent === tree[i].id));
  }
  return tree;
}

/** Ids of the processes, other than this one, in whose environment a variable has a value. */
export function findByVariable(name, value) {
  const wanted = `${name}=${value}`;
  return listProcesses()
    .map((one) => one.id)
    .filter((id) => id !== process.pid)
    .filter((id) => readQuietly(`/proc/${id}/environ`).split("\0").includes(wanted));
}

/** Ends processes at once; one that is gone already is passed over. */
export function killAll(ids) {
  for (const id of ids) {
    try {
      process.kill(id, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

/** A process may end, or belong to someone else, while it is looked at: it then reads as empty. */
function readQuietly(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code)) return "";
    throw error;
  }
}
