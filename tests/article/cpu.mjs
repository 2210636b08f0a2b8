// The CPU time of workerd, as Linux counts it: what else runs on the machine is not in it, and it is what Cloudflare
// limits and bills.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {number} pid
 * @returns {number} milliseconds that all threads of a process have run so far
 */
export function cpuMilliseconds(pid) {
  const tasks = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of readdirSync(tasks)) {
    // A thread may end meanwhile.
    nanoseconds += Number(read(`${tasks}/${thread}/schedstat`)?.split(" ")[0] ?? 0);
  }
  return nanoseconds / 1e6;
}

/**
 * Starts what starts one process of a program.
 *
 * @template T
 * @param {string} program the name of its file
 * @param {() => Promise<T>} start nothing else may start that program meanwhile
 * @returns {Promise<{ started: T, pid: number }>}
 */
export async function startWithPid(program, start) {
  const before = new Set(children());
  const started = await start();
  const added = children().filter((child) => !before.has(child) && programOf(child) === program);
  if (added.length !== 1) {
    throw new Error(`${program}: one process was to be started, not ${added.length}`);
  }
  return { started, pid: added[0] };
}

/** @param {number} pid */
const programOf = (pid) => path.basename(read(`/proc/${pid}/cmdline`)?.split("\0")[0] ?? "");

/** @returns {number[]} */
function children() {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((thread) =>
    (read(`${tasks}/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
}

/** @returns {string | undefined} nothing where there is no such file any more */
function read(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined;
    throw error;
  }
}
