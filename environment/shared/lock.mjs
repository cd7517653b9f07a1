import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Takes a lock file that names this process; the lock of a process that has ended is taken over.
 * @returns {{release: () => void} | {heldBy: number}} the lock, or the id of the process that has it
 */
export function takeLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = describeProcess(process.pid);
  const neighbour = `${file}.${process.pid}`;
  fs.writeFileSync(neighbour, own);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (tryLink(neighbour, file)) return { release: () => release(file, own) };
      const holder = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
      if (isAlive(holder)) return { heldBy: Number(holder.split(" ")[0]) };
      removeDead(file, holder);
    }
    return { heldBy: 0 };
  } finally {
    fs.rmSync(neighbour, { force: true });
  }
}

function tryLink(from, to) {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Of two processes that find the same dead lock, the slower one must not remove the quicker one's. */
function removeDead(file, holder) {
  const aside = `${file}.${process.pid}.dead`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (fs.readFileSync(aside, "utf8") !== holder) tryLink(aside, file);
  fs.rmSync(aside);
}

function release(file, own) {
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === own) fs.rmSync(file);
}

function isAlive(holder) {
  const pid = Number(holder.split(" ")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return describeProcess(pid) === holder;
}

/** The id and, on Linux, the start time: another process with a re-used id is told apart. */
function describeProcess(pid) {
  const stat = `/proc/${pid}/stat`;
  if (!fs.existsSync(stat)) return `${pid}`;
  const fields = fs.readFileSync(stat, "utf8").split(") ").pop().split(" ");
  return `${pid} ${fields[19]}`;
}
