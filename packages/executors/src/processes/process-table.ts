import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What the operating system says about a process, as far as finding a tree needs it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The value of the mark variable in its environment, or null where there is none or it may not be read. */
  readonly mark: string | null;
}

/** Processes read in one go before others get their turn: a process costs about 24 µs. */
const SLICE = 48;

const onLinux = process.platform === "linux";

/** Bytes of a page, for `/proc/<pid>/statm`. Four KiB wherever Node's Linux builds run by default. */
const PAGE_BYTES = 4096;

/**
 * Reads the process table, dead entries left out. Gives others a turn after every few processes, because the reading
 * is synchronous.
 *
 * @param variable the environment variable that holds marks.
 * @param fromPid leave out smaller ids, when it is known that only newer processes matter.
 */
export async function readProcessTable(variable: string, fromPid = 0): Promise<ProcessEntry[]> {
  if (!onLinux) return readTableByPs(variable).filter(({ pid }) => pid >= fromPid);
  const found: ProcessEntry[] = [];
  let read = 0;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!(pid >= fromPid) || pid === 0) continue;
    read += 1;
    if (read % SLICE === 0) await nextTurn();
    const entry = readEntry(pid, variable);
    if (entry !== undefined) found.push(entry);
  }
  return found;
}

/** The newest pid that was given to anything, or 0 where the system does not say. Cheap. */
export function readLastPid(): number {
  if (!onLinux) return 0;
  try {
    return Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1)) || 0;
  } catch {
    return 0;
  }
}

/** Names the space in which this process's ids are given: a container has one of its own. Empty: the system has one. */
export function readPidNamespace(): string {
  if (!onLinux) return "";
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** When a process started, in the system's ticks; with its pid it names a process for ever. Undefined: no such one. */
export function readStartTicks(pid: number): number | undefined {
  if (!onLinux) return isThere(pid) ? 0 : undefined;
  const fields = readStat(pid);
  return fields === undefined || isDead(fields[0]) ? undefined : Number(fields[19]);
}

/** Resident bytes of a process and of the processes below it; undefined when it is gone. */
export function readTreeMemory(pid: number): number | undefined {
  if (!onLinux) return readMemoryByPs(pid);
  let total = 0;
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      const pages = Number(readFileSync(`/proc/${next}/statm`, "latin1").split(" ")[1]);
      total += pages * PAGE_BYTES;
      for (const child of readChildren(next)) waiting.push(child);
    } catch {
      // It ended between two looks. If it was the first, nothing was counted.
    }
  }
  return total === 0 ? undefined : total;
}

function readChildren(pid: number): number[] {
  const children: number[] = [];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").trim();
    if (text !== "") children.push(...text.split(" ").map(Number));
  }
  return children;
}

/** The fields of `/proc/<pid>/stat` from the state on; the name before them may hold anything. */
function readStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** A zombie is dead: it runs nothing, and only its parent can bury it. */
function isDead(state: string | undefined): boolean {
  return state === "Z" || state === "X";
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readEntry(pid: number, variable: string): ProcessEntry | undefined {
  const fields = readStat(pid);
  if (fields === undefined || isDead(fields[0])) return undefined;
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    mark: readMark(pid, variable),
  };
}

function readMark(pid: number, variable: string): string | null {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    const name = `${variable}=`;
    let at = environment.indexOf(name);
    // The name must begin an entry, not end a longer one.
    while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(name, at + 1);
    if (at < 0) return null;
    const end = environment.indexOf(0, at);
    return environment.toString("latin1", at + name.length, end < 0 ? environment.length : end);
  } catch {
    // Another user's process, or one that has just ended.
    return null;
  }
}

/** macOS: `ps` shows the environments of one's own processes behind their commands. */
function readTableByPs(variable: string): ProcessEntry[] {
  const text = execFileSync("ps", ["-axEww", "-o", "pid=,ppid=,pgid=,stat=,command="], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  const entries: ProcessEntry[] = [];
  for (const line of text.split("\n")) {
    const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (fields === null || isDead(fields[4]?.charAt(0))) continue;
    const mark = new RegExp(`(?:^|\\s)${variable}=(\\S+)`).exec(fields[5] ?? "");
    const group = Number(fields[3]);
    // `ps` there has no numeric session; the group serves as one.
    entries.push({ pid: Number(fields[1]), parent: Number(fields[2]), group, session: group, mark: mark?.[1] ?? null });
  }
  return entries;
}

function readMemoryByPs(pid: number): number | undefined {
  try {
    const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).trim());
    return kilobytes > 0 ? kilobytes * 1024 : undefined;
  } catch {
    return undefined;
  }
}
