import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { clearAway } from "./clear-away.ts";
import { ofServer } from "./mark.ts";
import { readPidNamespace, readStartTicks } from "./process-table.ts";

const IDENTITY = /^([0-9a-f]{16}):(\d+)-(\d+)$/;

/**
 * Names this process for others on its machine: `<place>:<pid>-<start>`, where the place is this run of the machine and
 * the space in which its process ids are given. Two containers with the same host name are two places.
 */
export function identifyProcess(): string {
  return `${placeOfProcesses()}:${process.pid}-${readStartTicks(process.pid) ?? 0}`;
}

/** What can be seen of a process from here; `unknown`: it is, or was, on another machine or in another container. */
export function lookAtProcess(identity: string): "alive" | "dead" | "unknown" {
  const [, place, pid, ticks] = IDENTITY.exec(identity) ?? [];
  if (place !== placeOfProcesses()) return "unknown";
  return String(readStartTicks(Number(pid))) === ticks ? "alive" : "dead";
}

/**
 * Kills what the executors of a process run, though the process itself lives: it lost the lead, is frozen, and others
 * carry its work on. Does nothing for a process of another machine. Gives the number of processes that were killed.
 */
export async function sweepExecutorsOf(projectDir: string, identity: string): Promise<number> {
  const [, place, pid, ticks] = IDENTITY.exec(identity) ?? [];
  if (place !== placeOfProcesses()) return 0;
  return await clearAway({ filter: ofServer(projectDir, `${pid}-${ticks}`) });
}

function placeOfProcesses(): string {
  return createHash("sha256").update(`${readBoot()}\0${readPidNamespace()}`).digest("hex").slice(0, 16);
}

/** Changes whenever the machine starts, where the system says so. */
function readBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return hostname();
  }
}
