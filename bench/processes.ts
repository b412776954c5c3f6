import { readdirSync, readFileSync } from "node:fs";

/** A process and everything below it. */
export function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [pid]);
    else known.push(pid);
  }
  const tree: number[] = [];
  const stack = [root];
  for (let pid = stack.pop(); pid !== undefined; pid = stack.pop()) {
    tree.push(pid);
    stack.push(...(children.get(pid) ?? []));
  }
  return tree;
}

function parentOf(pid: number): number | undefined {
  const fields = statOf(pid);
  return fields === undefined ? undefined : Number(fields[1]);
}

/** The fields of `/proc/<pid>/stat` after the name, from the state on. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** The sum of PSS (shared pages counted in shares) over processes, in MB. */
export function pssMb(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1024;
}

/** Ticks of a hundredth of a second, as Linux counts them for user space. */
const TICKS_PER_S = 100;

/** Processor time used so far by each process, in seconds; none of those that have ended. */
export function cpuSeconds(pids: readonly number[]): ReadonlyMap<number, number> {
  const seconds = new Map<number, number>();
  for (const pid of pids) {
    const fields = statOf(pid);
    if (fields !== undefined) seconds.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S);
  }
  return seconds;
}
